internal import CPlatform

enum ProcessMemory {
  /// Gives free memory back to the system. Reading a configuration takes several times what is kept of it, and glibc holds on
  /// to the pages: of 10,000 routes, forty of eighty megabytes. Takes milliseconds; for after a change, not for a request.
  static func giveBack() { sluice_give_back_free_memory() }
}
