/// The name of a tenant, valid by the rules of Cortex and its relatives.
public struct TenantName: Hashable, Sendable, CustomStringConvertible {
  public static let mostBytes = 150

  /// Why a text is no tenant name.
  public enum Fault: Error, Equatable, Sendable, CustomStringConvertible {
    case empty
    case tooLong(bytes: Int)
    /// Names that object stores or the backends use themselves.
    case reserved(String)
    case severalTenants
    /// The byte and its place, counted from 1.
    case character(UInt8, position: Int)

    public var description: String {
      switch self {
      case .empty: "the tenant is empty"
      case .tooLong(let bytes): "the tenant has \(bytes) bytes, \(mostBytes) are allowed"
      case .reserved(let name): "\"\(name)\" is reserved and cannot be a tenant"
      case .severalTenants: "\"|\" names several tenants, which data cannot be written to"
      case .character(let byte, let position):
        "the tenant has \(Self.shown(byte)) at byte \(position); "
          + "letters, digits and ! - _ . * ' ( ) are allowed"
      }
    }

    private static func shown(_ byte: UInt8) -> String {
      if byte > 0x20 && byte < 0x7F { return "\"\(Unicode.Scalar(byte))\"" }
      return "0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }
  }

  public let text: String

  public init(_ text: String) throws(Fault) {
    var text = text
    if let fault = text.withUTF8({ Self.fault(in: UnsafeRawBufferPointer($0)) }) { throw fault }
    self.text = text
  }

  public init(_ bytes: UnsafeRawBufferPointer) throws(Fault) {
    if let fault = Self.fault(in: bytes) { throw fault }
    text = String(decoding: bytes, as: UTF8.self)
  }

  public var description: String { text }

  /// Why `bytes` are no tenant name; nil when they are one. Makes no `String` for a valid name.
  public static func fault(in bytes: UnsafeRawBufferPointer) -> Fault? {
    if bytes.isEmpty { return .empty }
    if bytes.count > mostBytes { return .tooLong(bytes: bytes.count) }
    for (index, byte) in bytes.enumerated() where !isAllowed(byte) {
      return byte == UInt8(ascii: "|") ? .severalTenants : .character(byte, position: index + 1)
    }
    for name in reserved where bytes.elementsEqual(name.utf8) { return .reserved(name) }
    return nil
  }

  static func isAllowed(_ byte: UInt8) -> Bool {
    if byte.isASCIILetter || byte.isASCIIDigit { return true }
    return switch byte {
    case UInt8(ascii: "!"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "*"),
      UInt8(ascii: "'"), UInt8(ascii: "("), UInt8(ascii: ")"):
      true
    default: false
    }
  }

  private static let reserved = [".", "..", "__markers__", "user-index.json.gz"]
}
