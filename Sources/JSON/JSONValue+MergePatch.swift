extension JSONValue {
  /// This value changed by a merge patch (RFC 7396): members are merged, `null` removes one, anything else replaces.
  public func merged(with patch: JSONValue) -> JSONValue {
    guard let changes = patch.object else { return patch }
    var result = object ?? JSONObject()
    for (name, change) in changes {
      // Not `nil` in a conditional expression: it would be the JSON null.
      result[name] = change.isNull ? JSONValue?.none : (result[name] ?? .null).merged(with: change)
    }
    return .object(result)
  }
}
