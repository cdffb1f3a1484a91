import Glibc
import Synchronization

/// Where finished lines go. Whole lines only, one at a time, so that two threads never share one.
struct LogOutput: Sendable {
    let write: @Sendable ([UInt8]) -> Void

    /// Standard error: one stream for all that a service says; standard output stays free for what a command prints.
    static let standardError = LogOutput { line in
        lock.withLock { _ in writeWhole(line, to: STDERR_FILENO) }
    }

    private static let lock = Mutex(())

    /// Waits while the reader is slow; gives the line up when nobody reads any more.
    static func writeWhole(_ bytes: [UInt8], to descriptor: CInt) {
        bytes.withUnsafeBytes { buffer in
            var offset = 0
            while offset < buffer.count {
                let count = Glibc.write(descriptor, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
                if count >= 0 {
                    offset += count
                } else if errno == EAGAIN {
                    var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    if poll(&waiting, 1, 1000) <= 0 { return }
                } else if errno != EINTR {
                    return
                }
            }
        }
    }
}
