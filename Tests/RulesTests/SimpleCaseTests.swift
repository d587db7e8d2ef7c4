import Testing

@testable import Rules

@Suite struct SimpleCaseTests {
  @Test(
    arguments: [
      ("ß", "ß"), ("ŉ", "ŉ"), ("ﬁ", "ﬁ"), ("ä", "Ä"), ("ı", "I"), ("ǆ", "Ǆ"), ("ǅ", "Ǆ"), ("ÿ", "Ÿ"), ("µ", "Μ"),
      ("\u{1F80}", "\u{1F88}"), ("\u{1F88}", "\u{1F88}"), ("\u{1FA7}", "\u{1FAF}"), ("\u{1FB3}", "\u{1FBC}"),
      ("\u{1FC3}", "\u{1FCC}"), ("\u{1FF3}", "\u{1FFC}"), ("\u{1FB4}", "\u{1FB4}"), ("ſ", "S"),
    ] as [(Unicode.Scalar, Unicode.Scalar)])
  func `upper case is one character for one`(_ lower: Unicode.Scalar, _ upper: Unicode.Scalar) {
    #expect(SimpleCase.upper(lower) == upper)
  }

  @Test(
    arguments: [
      ("İ", "i"), ("Ä", "ä"), ("ẞ", "ß"), ("ǅ", "ǆ"), ("Σ", "σ"), ("K", "k"), ("\u{1F88}", "\u{1F80}"), ("Å", "å"),
    ] as [(Unicode.Scalar, Unicode.Scalar)])
  func `lower case is one character for one`(_ upper: Unicode.Scalar, _ lower: Unicode.Scalar) {
    #expect(SimpleCase.lower(upper) == lower)
  }

  @Test func `no character grows by more than the room that is made for it`() {
    for value in UInt32(0x80)...0x1FFFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let room = UTF8.width(scalar) + UTF8.width(scalar) / 2
      #expect(UTF8.width(SimpleCase.upper(scalar)) <= room)
      #expect(UTF8.width(SimpleCase.lower(scalar)) <= room)
    }
  }
}
