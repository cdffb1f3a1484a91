import Glibc

/// A small file that somebody may replace while the gateway runs.
package struct WatchedFile: Sendable, Hashable {
    package let path: String

    /// What is another when the file is. Symbolic links are followed, as Kubernetes swaps them.
    struct Revision: Equatable, Sendable {
        private let device: UInt
        private let inode: UInt
        private let size: Int
        private let seconds: Int
        private let nanoseconds: Int

        fileprivate init(_ status: stat) {
            device = UInt(status.st_dev)
            inode = UInt(status.st_ino)
            size = Int(status.st_size)
            seconds = status.st_mtim.tv_sec
            nanoseconds = status.st_mtim.tv_nsec
        }
    }

    struct Content: Sendable {
        var bytes: [UInt8]
        /// Neither its owner nor its group: anybody on this machine.
        var isReadableByOthers: Bool
    }

    /// For people; no byte of the file.
    struct Unreadable: Error {
        let reason: String
    }

    /// Bytes; certificates of a whole chain take some ten thousand.
    private static let maximum = 1_048_576

    package init(path: String) { self.path = path }

    /// Nil where no file is.
    var revision: Revision? {
        var status = stat()
        return stat(path, &status) == 0 ? Revision(status) : nil
    }

    func read() throws(Unreadable) -> Content {
        // Non-blocking, so that a named pipe in its place can't hold up the service.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Self.unreadable(errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.unreadable(errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw Unreadable(reason: "it is no regular file") }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = systemRead(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Self.unreadable(errno) }
            guard count > 0 else { break }
            bytes += chunk[..<count]
            guard bytes.count <= Self.maximum else {
                throw Unreadable(reason: "it is larger than \(Self.maximum) bytes")
            }
        }
        return Content(bytes: bytes, isReadableByOthers: status.st_mode & S_IROTH != 0)
    }

    private static func unreadable(_ code: Int32) -> Unreadable {
        switch code {
        case ENOENT, ENOTDIR: Unreadable(reason: "there is no such file")
        case EACCES, EPERM: Unreadable(reason: "this process may not read it")
        default: Unreadable(reason: "it can't be read (errno \(code))")
        }
    }
}

/// Outside the type, where `read` is the system's.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}
