/// Holds what a backend has of one tenant against what was sent. Pure.
struct Comparison {
  private let record: LoadRecord
  private var expected: [ExpectedSeries] = []
  private var places: [[SeriesLabel]: Int] = [:]
  private var findings = Findings()

  init(_ record: LoadRecord, tenant: String) {
    self.record = record
    for batch in record.batches where batch.tenant == tenant {
      for series in batch.series {
        places[series.labels] = expected.count
        expected.append(ExpectedSeries(series, batch.delivery))
      }
    }
    findings.seriesSent = expected.count { $0.delivery.confirmed > 0 }
    findings.samplesSent = expected.reduce(0) { $0 + $1.delivery.confirmed }
  }

  /// Takes in what was found. A series may come in several parts, a part of it only once.
  mutating func add(_ found: FoundSeries) {
    guard let place = places[found.labels] else {
      findings.extra += found.samples.count
      findings.note("\(SeriesText.of(found.labels)) was not sent, but has \(found.samples.count) samples")
      return
    }
    for sample in found.samples { add(sample, at: place) }
  }

  /// What is found when all is added.
  var result: Findings {
    var findings = findings
    findings.seriesFound = expected.count { $0.delivery.confirmed > 0 && !$0.seen.isEmpty }
    for one in expected {
      let missing = one.missing
      guard let first = missing.first else { continue }
      findings.missing += missing.count
      findings.note(
        "\(SeriesText.of(one.series.labels)) lacks \(missing.count) of \(one.delivery.confirmed) samples, the first is "
          + "\(NumberText.of(one.series.value(at: first))) at \(TimeText.of(record.time(of: first)))")
    }
    return findings
  }

  private mutating func add(_ sample: FoundSample, at place: Int) {
    let (tick, rest) = (sample.time - record.start).quotientAndRemainder(dividingBy: record.interval)
    let series = expected[place].series
    guard rest == 0, tick >= 0, tick < Int64(expected[place].delivery.ticks) else {
      findings.extra += 1
      findings.note("\(SeriesText.of(series.labels)) has a sample at \(TimeText.of(sample.time)), none was sent")
      return
    }
    let value = series.value(at: Int(tick))
    let isFirst = expected[place].seen.insert(Int(tick))
    guard sample.value == value else {
      // A sample that was seen already counted as found; a second value makes no second sample.
      if isFirst || !expected[place].delivery.isConfirmed(Int(tick)) {
        findings.different += 1
      } else {
        findings.extra += 1
      }
      findings.note(
        "\(SeriesText.of(series.labels)) has \(NumberText.of(sample.value)) at \(TimeText.of(sample.time)), "
          + "\(NumberText.of(value)) was sent")
      return
    }
    guard isFirst else {
      findings.repeated += 1
      findings.note(
        "\(SeriesText.of(series.labels)) has its sample at \(TimeText.of(sample.time)) more than once")
      return
    }
    if expected[place].delivery.isConfirmed(Int(tick)) { findings.samplesFound += 1 }
  }
}

/// A series that must be there, and the ticks that were.
private struct ExpectedSeries {
  let series: DescribedSeries
  let delivery: BatchDelivery
  var seen: TickSet

  init(_ series: DescribedSeries, _ delivery: BatchDelivery) {
    self.series = series
    self.delivery = delivery
    seen = TickSet(capacity: delivery.ticks)
  }

  var missing: [Int] {
    (0..<delivery.ticks).filter { !seen.contains($0) && delivery.isConfirmed($0) }
  }
}
