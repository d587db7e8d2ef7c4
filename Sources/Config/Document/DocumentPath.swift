/// The place of a value in a document, from the outside in.
public struct DocumentPath: Hashable, Sendable {
  public enum Step: Hashable, Sendable {
    case key(String)
    /// From 0.
    case index(Int)
  }

  /// The way to a value leads over the one to what it stands in, which all its neighbours share: a large document has a
  /// million of them.
  private final class Link: Sendable {
    let outer: Link?
    let step: Step

    init(_ outer: Link?, _ step: Step) { (self.outer, self.step) = (outer, step) }
  }

  private var last: Link?

  /// The document as a whole.
  public init() {}

  public init(_ steps: [Step]) { last = steps.reduce(nil) { Link($0, $1) } }

  private init(_ last: Link) { self.last = last }

  public var steps: [Step] {
    var inward: [Step] = []
    var link = last
    while let current = link {
      inward.append(current.step)
      link = current.outer
    }
    return inward.reversed()
  }

  public func key(_ name: String) -> Self { Self(Link(last, .key(name))) }

  public func index(_ number: Int) -> Self { Self(Link(last, .index(number))) }

  public static func == (left: Self, right: Self) -> Bool {
    var (left, right) = (left.last, right.last)
    while left !== right {
      guard let one = left, let other = right, one.step == other.step else { return false }
      (left, right) = (one.outer, other.outer)
    }
    return true
  }

  public func hash(into hasher: inout Hasher) {
    var link = last
    while let current = link {
      hasher.combine(current.step)
      link = current.outer
    }
  }

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
