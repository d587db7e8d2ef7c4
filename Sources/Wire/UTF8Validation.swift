extension UnsafeRawBufferPointer {
  /// Whether the bytes are well-formed UTF-8 (Unicode 15, table 3-7): no surrogates, no overlong forms.
  var isValidUTF8: Bool {
    guard count > 0 else { return true }
    let bytes = Span<UInt8>(_unsafeElements: bindMemory(to: UInt8.self))
    return (try? UTF8Span(validating: bytes)) != nil
  }
}
