/// The place of a value in a document, from the outside in.
public struct DocumentPath: Hashable, Sendable {
  public enum Step: Hashable, Sendable {
    case key(String)
    /// From 0.
    case index(Int)
  }

  public private(set) var steps: [Step] = []

  /// The document as a whole.
  public init() {}

  public init(_ steps: [Step]) { self.steps = steps }

  public func key(_ name: String) -> Self { Self(steps + [.key(name)]) }

  public func index(_ number: Int) -> Self { Self(steps + [.index(number)]) }

  /// This path as it is from `place`; nil when it does not lead there.
  public func relative(to place: Self) -> Self? {
    steps.starts(with: place.steps) ? Self(Array(steps.dropFirst(place.steps.count))) : nil
  }

  /// As a JSON pointer (RFC 6901): `/routes/2/send/0`; empty for the document as a whole.
  public var pointer: String {
    steps.map { step in
      switch step {
      case .key(let name): "/" + name.replacing("~", with: "~0").replacing("/", with: "~1")
      case .index(let number): "/\(number)"
      }
    }.joined()
  }
}

extension DocumentPath: CustomStringConvertible {
  /// As people write it: `routes[2].send[0]`.
  public var description: String {
    steps.reduce(into: "") { text, step in
      switch step {
      case .index(let number): text += "[\(number)]"
      case .key(let name) where Self.isPlain(name): text += text.isEmpty ? name : ".\(name)"
      case .key(let name): text += "[\"\(name)\"]"
      }
    }
  }

  private static func isPlain(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.allSatisfy { $0.isAlphanumeric || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
  }
}
