/// Where the series of one batch go.
public enum Routing {
  /// Every series goes, unchanged, to these outputs and under the request's tenant: the body can be sent as it is.
  case whole(outputs: [Int])
  /// The series were taken apart into these bins.
  case bins
}
