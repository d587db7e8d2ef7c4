import CJansson

extension JSONValue {
  /// The one JSON value that `text` holds, of any type (RFC 8259). Blanks may stand around it, nothing else. Any thread.
  ///
  /// - Throws: `JSONError` when `text` is past a limit, not JSON or not UTF-8, names a member twice, or has an integer
  ///   outside of 64 bits, a number outside of a double, or U+0000 in a member's name.
  public init(parsing text: some Collection<UInt8>, limits: JSONLimits = JSONLimits()) throws(JSONError) {
    let bytes = Array(text)
    self = try bytes.withUnsafeBufferPointer { (buffer) throws(JSONError) in
      try Self.parse(UnsafeRawBufferPointer(buffer), limits)
    }
  }

  /// As for bytes.
  public init(parsing text: String, limits: JSONLimits = JSONLimits()) throws(JSONError) {
    try self.init(parsing: text.utf8, limits: limits)
  }

  /// As for bytes, reading in place. The memory is needed only during the call.
  public init(parsing text: UnsafeRawBufferPointer, limits: JSONLimits = JSONLimits()) throws(JSONError) {
    self = try Self.parse(text, limits)
  }

  private static func parse(_ text: UnsafeRawBufferPointer, _ limits: JSONLimits) throws(JSONError) -> JSONValue {
    try limits.check(text)
    // jansson takes an empty buffer for an invalid argument.
    guard !text.isEmpty else { throw JSONError(line: 1, column: 0, message: "the text is empty") }
    let document = try Document(text)
    return document.value
  }
}

/// A tree that jansson has built, freed with this value.
private struct Document: ~Copyable {
  private let root: UnsafeMutablePointer<json_t>

  init(_ text: UnsafeRawBufferPointer) throws(JSONError) {
    var error = json_error_t()
    let flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL
    guard let root = json_loadb(text.baseAddress, text.count, Int(flags), &error) else {
      throw JSONError(error)
    }
    self.root = root
  }

  deinit { json_decref(root) }

  var value: JSONValue { Self.value(of: root) }

  /// Recurses no deeper than the limit that the text was checked against.
  private static func value(of node: UnsafeMutablePointer<json_t>) -> JSONValue {
    switch node.pointee.type {
    case JSON_TRUE: .bool(true)
    case JSON_FALSE: .bool(false)
    case JSON_INTEGER: .integer(Int64(json_integer_value(node)))
    case JSON_REAL: .number(json_real_value(node))
    case JSON_STRING: .string(text(json_string_value(node), json_string_length(node)))
    case JSON_ARRAY: .array(elements(of: node))
    case JSON_OBJECT: .object(members(of: node))
    default: .null
    }
  }

  private static func elements(of node: UnsafeMutablePointer<json_t>) -> [JSONValue] {
    (0..<json_array_size(node)).compactMap { index in json_array_get(node, index).map(value) }
  }

  private static func members(of node: UnsafeMutablePointer<json_t>) -> JSONObject {
    var members = JSONObject()
    var iterator = json_object_iter(node)
    while let current = iterator {
      let name = text(json_object_iter_key(current), json_object_iter_key_len(current))
      members[name] = json_object_iter_value(current).map(value)
      iterator = json_object_iter_next(node, current)
    }
    return members
  }

  /// jansson has checked that these bytes are UTF-8.
  private static func text(_ start: UnsafePointer<CChar>?, _ count: Int) -> String {
    String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
  }
}

extension JSONError {
  fileprivate init(_ error: json_error_t) {
    let message = withUnsafeBytes(of: error.text) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    self.init(line: Int(error.line), column: Int(error.column), message: message)
  }
}
