/// How one kind of backend is asked for raw samples, and how its answers are read. Pure.
protocol QueryLanguage {
  /// Path and parameters of a GET for `query`, behind the backend's URL. The answer may hold a little more.
  static func path(_ query: Query, database: String?) -> String

  /// - Throws: what is wrong with the answer, or what the backend says is wrong with the question.
  static func series(in body: [UInt8]) throws(LoadError) -> [FoundSeries]
}

/// Which samples are asked for.
struct Query: Equatable {
  /// Labels that the series have.
  var labels: [SeriesLabel]
  /// Seconds since 1970; the end is not part of it.
  var seconds: Range<Int64>

  var milliseconds: Range<Int64> { seconds.lowerBound * 1000..<seconds.upperBound * 1000 }
}

/// A series as a backend has it.
struct FoundSeries: Equatable {
  var labels: [SeriesLabel]
  var samples: [FoundSample]
}

struct FoundSample: Equatable {
  /// Milliseconds since 1970.
  let time: Int64
  let value: Double
}
