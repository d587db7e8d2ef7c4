import Foundation
import Glibc

extension Error {
  /// Why a file could not be read or written, in the system's words where it has any.
  var fileFault: String {
    guard let code = ((self as? CocoaError)?.underlying as? POSIXError)?.code else { return localizedDescription }
    return String(cString: strerror(code.rawValue))
  }
}
