import Glibc
import Synchronization

/// A thread of the operating system with a name, for work that blocks or never ends.
///
/// Swift's own pool has as many threads as cores: one that blocks in a C call starves it.
public final class Thread: Sendable {
  /// The system had no thread to give.
  public struct StartError: Error, Equatable {
    /// `EAGAIN`, as a rule: the limit of threads is reached.
    public let code: Int32
  }

  public let name: String
  private let handle: Mutex<pthread_t?>

  /// Starts `body` at once.
  /// - Parameter name: what `top -H` shows; the kernel keeps the first 15 bytes.
  public init(name: String, _ body: @escaping @Sendable () -> Void) throws(StartError) {
    self.name = name
    let start = Unmanaged.passRetained(Start(name: name, body: body))
    var thread = pthread_t()
    let code = pthread_create(&thread, nil, runThread, start.toOpaque())
    guard code == 0 else {
      start.release()
      throw StartError(code: code)
    }
    handle = Mutex(thread)
  }

  deinit {
    if let left = handle.withLock({ $0.take() }) { pthread_detach(left) }
  }

  /// Returns when the body has returned. Only the first call waits; never call it on the thread itself.
  public func join() {
    guard let thread = handle.withLock({ $0.take() }) else { return }
    pthread_join(thread, nil)
  }
}

private final class Start: Sendable {
  let name: String
  let body: @Sendable () -> Void

  init(name: String, body: @escaping @Sendable () -> Void) {
    self.name = name
    self.body = body
  }
}

private let runThread: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { raw in
  guard let raw else { return nil }
  let start = Unmanaged<Start>.fromOpaque(raw).takeRetainedValue()
  setNameOfThisThread(start.name)
  start.body()
  return nil
}

/// pthread_setname_np is hidden from Swift (`_GNU_SOURCE`); the kernel's file does the same.
private func setNameOfThisThread(_ name: String) {
  let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
  guard file >= 0 else { return }
  let bytes = Array(name.utf8.prefix(15))
  _ = write(file, bytes, bytes.count)
  close(file)
}
