extension Configuration.DeadLetters {
  static let section = Section<Self>([
    Field("max_bytes", \.maxBytes, .size(0...Int.max)),
    Field("max_age", \.maxAge, .duration(atLeast: .seconds(1))),
  ])
}
