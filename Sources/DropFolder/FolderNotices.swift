internal import Foundation

/// What the operating system tells about a folder: that something happened, and which files were
/// written to and not closed since.
///
/// Notices only make the watcher quicker and more careful. Whatever they miss (a network drive, an
/// overflow, a system without them), looking finds.
final class FolderNotices {
  /// Names that were written to and not closed since.
  private(set) var open: Set<String> = []
  /// What to wait on; -1 where there are no notices.
  let descriptor: Int32

  #if os(Linux)
    private var watch: Int32 = -1
    private var identity: [UInt64] = []
    private static let events = UInt32(
      IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_MODIFY | IN_CREATE | IN_DELETE
        | IN_DELETE_SELF | IN_MOVE_SELF)
  #endif

  /// Notices, or none where the system has none to give.
  init(isWanted: Bool) {
    #if os(Linux)
      descriptor = isWanted ? inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC)) : -1
    #else
      descriptor = -1
    #endif
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Whether there are any.
  var isWorking: Bool {
    #if os(Linux)
      return watch >= 0
    #else
      return false
    #endif
  }

  /// Makes sure that the notices are about the folder that is at a path now.
  ///
  /// - Returns: Whether it is another folder than the last time.
  func follow(_ path: String) -> Bool {
    #if os(Linux)
      guard descriptor >= 0 else { return false }
      var status = stat()
      guard stat(path, &status) == 0 else {
        leave()
        return true
      }
      let now = [UInt64(status.st_dev), UInt64(status.st_ino)]
      guard watch < 0 || now != identity else { return false }
      leave()
      watch = inotify_add_watch(descriptor, path, FolderNotices.events)
      identity = now
      return true
    #else
      return false
    #endif
  }

  /// Takes in what was told since the last time.
  func drain() {
    #if os(Linux)
      guard descriptor >= 0 else { return }
      let size = 1 << 16
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 8)
      defer { buffer.deallocate() }
      while true {
        let count = read(descriptor, buffer.baseAddress, size)
        guard count > 0 else {
          if count < 0, errno == EINTR { continue }
          return
        }
        take(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      }
    #endif
  }

  #if os(Linux)
    private func leave() {
      if watch >= 0 { inotify_rm_watch(descriptor, watch) }
      watch = -1
      identity = []
      open = []
    }

    private func take(_ bytes: UnsafeRawBufferPointer) {
      let header = MemoryLayout<inotify_event>.size
      var offset = 0
      while offset + header <= bytes.count {
        let event = bytes.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
        let rest = bytes[(offset + header)...].prefix(Int(event.len)).prefix { $0 != 0 }
        offset += header + Int(event.len)
        let mask = event.mask
        if mask & UInt32(IN_Q_OVERFLOW) != 0 { open = [] }
        guard event.wd == watch else { continue }
        if mask & UInt32(IN_IGNORED | IN_UNMOUNT) != 0 {
          // The kernel has taken the watch away itself.
          watch = -1
          identity = []
          open = []
          continue
        }
        guard let name = String(validating: rest, as: UTF8.self) else { continue }
        if mask & UInt32(IN_MODIFY) != 0 {
          open.insert(name)
        } else if mask & UInt32(IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE) != 0 {
          open.remove(name)
        }
      }
    }
  #endif
}
