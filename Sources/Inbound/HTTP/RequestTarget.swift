/// The request target, split where its query begins.
///
/// A proxy's form, `http://host/path`, is cut down to the path: HTTP demands that a server takes it.
func pathAndQuery(of target: String) -> (path: String, query: String) {
  let local = withoutAuthority(target)
  guard let mark = local.utf8.firstIndex(of: UInt8(ascii: "?")) else { return (String(local), "") }
  return (String(local[..<mark]), String(local[local.index(after: mark)...]))
}

private func withoutAuthority(_ target: String) -> Substring {
  if target.utf8.first == UInt8(ascii: "/") { return target[...] }
  for scheme in ["http://", "https://"] where target.lowercased().hasPrefix(scheme) {
    let rest = target.dropFirst(scheme.utf8.count)
    guard let end = rest.firstIndex(where: { $0 == "/" || $0 == "?" }) else { return "/" }
    return rest[end] == "/" ? rest[end...] : "/" + rest[end...]
  }
  return target[...]
}
