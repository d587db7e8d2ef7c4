import Glibc

/// Why a server cannot listen.
public enum InboundError: Error, Equatable, CustomStringConvertible {
  /// `reason` is the resolver's.
  case unknownHost(host: String, reason: String)
  /// `call` is what failed; `code` is its errno: `EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`.
  case cannotListen(address: String, call: String, code: Int32)
  /// The HTTP library gave up at its start; `code` is the errno it left.
  case cannotServe(code: Int32)
  /// What TLS needs cannot be used: `file` names it, the reason is GnuTLS's.
  case badCertificate(file: String, reason: String)
  /// The system gave no thread.
  case noThread(name: String, code: Int32)
  /// `start` was called a second time, or after `stop`.
  case alreadyStarted

  public var description: String {
    switch self {
    case .unknownHost(let host, let reason):
      "cannot listen on host \"\(host)\": \(reason)"
    case .cannotListen(let address, let call, let code):
      "cannot listen on \(address): \(call): \(String(cString: strerror(code)))"
    case .cannotServe(let code):
      "cannot serve: libmicrohttpd did not start: \(String(cString: strerror(code)))"
    case .badCertificate(let file, let reason):
      "\(file): \(reason)"
    case .noThread(let name, let code):
      "cannot start thread \(name): \(String(cString: strerror(code)))"
    case .alreadyStarted:
      "a server starts only once"
    }
  }
}
