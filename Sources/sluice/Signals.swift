import Glibc

/// The signals that people send to the process. Made on the main thread before there are others.
struct Signals {
  enum Wish {
    case reload
    case stop
  }

  private var set = sigset_t()

  /// Blocks the signals that are waited for, and ignores SIGPIPE: a peer that leaves is an error of the call.
  init() {
    signal(SIGPIPE, SIG_IGN)
    sigemptyset(&set)
    for number in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&set, number) }
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// Waits for the next one.
  func wait() -> Wish {
    var set = set
    var number: Int32 = 0
    while sigwait(&set, &number) != 0 {}
    return number == SIGHUP ? .reload : .stop
  }
}
