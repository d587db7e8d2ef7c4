internal import Glibc

/// The real file system.
struct PosixDisk: Disk {
  func createFolder(_ path: String) throws(DiskError) {
    if mkdir(path, 0o750) == 0 { return }
    switch errno {
    case EEXIST: return
    case ENOENT:
      guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { throw error("mkdir", path) }
      try createFolder(String(path[..<slash]))
      guard mkdir(path, 0o750) == 0 || errno == EEXIST else { throw error("mkdir", path) }
    default: throw error("mkdir", path)
    }
  }

  func names(in folder: String) throws(DiskError) -> [String] {
    guard let directory = opendir(folder) else { throw error("opendir", folder) }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  func syncFolder(_ path: String) throws(DiskError) {
    let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw error("open", path) }
    defer { close(descriptor) }
    // Some file systems of the network cannot; they have nothing to sync then.
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw error("fsync", path) }
  }

  func open(_ path: String, _ mode: OpenMode) throws(DiskError) -> any DiskFile {
    let flags =
      switch mode {
      case .read: O_RDONLY
      case .readWrite: O_RDWR
      case .create: O_RDWR | O_CREAT
      }
    let descriptor = Glibc.open(path, flags | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else { throw error("open", path) }
    return PosixFile(descriptor, path)
  }

  func rename(_ from: String, to: String) throws(DiskError) {
    guard Glibc.rename(from, to) == 0 else { throw error("rename", from) }
  }

  func remove(_ path: String) throws(DiskError) {
    guard unlink(path) == 0 || errno == ENOENT else { throw error("unlink", path) }
  }

  private func error(_ call: String, _ path: String) -> DiskError {
    DiskError(call: call, path: path, code: errno)
  }
}
