import Yams

/// The tree that Yams makes of a text, keys that stand twice included.
///
/// Yams gives up at the first mapping with such keys, which would hide every other mistake. So the first character of the
/// earlier key is exchanged for one that the text does not use, of the same width, until Yams takes the text; `key(_:)`
/// exchanges it back.
struct YAMLTree {
  /// nil when the text holds nothing.
  let root: Yams.Node?
  private let masks: [Node.Position: Unicode.Scalar]

  /// Why a text is not YAML.
  struct Fault: Error {
    let position: Node.Position?
    let message: String
  }

  init(_ text: String) throws(Fault) {
    var masked: MaskedText?
    while true {
      do {
        // No resolver: it would type scalars, `yes` as a boolean; the reading of a key knows its type.
        let parser = try Parser(yaml: masked?.text ?? text, resolver: .basic, encoding: .utf8)
        root = try parser.singleRoot()
        masks = masked?.masks ?? [:]
        return
      } catch YamlError.duplicatedKeysInMapping(let names, let context) {
        var next = masked ?? MaskedText(text)
        guard next.mask(Node.Position(context.mark)) else {
          let names = names.map { "\"\($0)\"" }.joined(separator: ", ")
          throw Fault(position: Node.Position(context.mark), message: "duplicate key \(names)")
        }
        masked = next
      } catch {
        throw Fault(error, in: text)
      }
    }
  }

  /// The text of a key.
  func key(_ scalar: Yams.Node.Scalar) -> String {
    guard let original = masks[Node.Position(scalar.mark)] else { return scalar.string }
    var text = String.UnicodeScalarView([original])
    text.append(contentsOf: scalar.string.unicodeScalars.dropFirst())
    return String(text)
  }
}

extension YAMLTree.Fault {
  fileprivate init(_ error: any Error, in text: String) {
    switch error {
    case YamlError.scanner(let context, let problem, let mark, _),
      YamlError.parser(let context, let problem, let mark, _),
      YamlError.composer(let context, let problem, let mark, _):
      let context = context.map { "\($0.text) in line \($0.mark.line), " } ?? ""
      self.init(position: Node.Position(mark), message: "not YAML: \(context)\(problem)")
    case YamlError.reader(let problem, let offset, _, _):
      let before = text.prefix(offset ?? 0)
      let line = before.split(separator: "\n", omittingEmptySubsequences: false).last ?? ""
      let position = Node.Position(
        line: before.count { $0.isNewline } + 1, column: line.unicodeScalars.count + 1)
      self.init(position: offset.map { _ in position }, message: "not YAML: \(problem)")
    default: self.init(position: nil, message: "not YAML: \(error)")
    }
  }
}
