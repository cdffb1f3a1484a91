import Glibc

/// A Unix socket bound to a path, for its owner and its group (mode 0660) from the first moment on.
struct UnixSocket {
    struct Fault: Error, CustomStringConvertible {
        let path: String
        let reason: String
        var description: String { "GW_LISTEN_UNIX: \(path): \(reason)" }
    }

    /// Bytes of a path; its place in `sockaddr_un` holds one more for the terminator.
    static let maximumPath = 107
    private static let mode: mode_t = 0o660

    let path: String
    let descriptor: CInt
    private let identity: Identity

    /// Of the file. Numbers of inodes are used again, so the time is one of its marks.
    private struct Identity: Equatable {
        let device: dev_t
        let inode: ino_t
        let changed: Int

        init?(_ path: String) {
            var status = stat()
            guard lstat(path, &status) == 0 else { return nil }
            device = status.st_dev
            inode = status.st_ino
            changed = status.st_ctim.tv_sec * 1_000_000_000 + status.st_ctim.tv_nsec
        }
    }

    /// A file that a gateway left behind is removed, and one on which somebody listens is not.
    init(binding path: String) throws(Fault) {
        self.path = path
        let address = Self.address(path)
        try Self.removeStale(path, address)
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Self.fault(path, errno) }
        do throws(Fault) {
            // Linux makes the file with the socket's mode, less the umask: nobody else gets in between bind and chmod.
            guard fchmod(descriptor, Self.mode) == 0 else { throw Self.fault(path, errno) }
            guard Self.withPointer(to: address, { systemBind(descriptor, $0, $1) }) == 0 else {
                throw Self.fault(path, errno)
            }
            guard chmod(path, Self.mode) == 0, let identity = Identity(path) else { throw Self.fault(path, errno) }
            self.descriptor = descriptor
            self.identity = identity
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// Unless the file is another's by now.
    func remove() {
        guard Identity(path) == identity else { return }
        unlink(path)
    }

    private static func removeStale(_ path: String, _ address: sockaddr_un) throws(Fault) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw Fault(path: path, reason: "a file is there that is no socket. Remove it, or choose another path.")
        }
        let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard probe >= 0 else { throw fault(path, errno) }
        defer { close(probe) }
        let isAnswered = withPointer(to: address) { systemConnect(probe, $0, $1) } == 0
        guard !isAnswered, errno == ECONNREFUSED else {
            throw Fault(
                path: path, reason: "somebody listens on it already. Stop that process, or choose another path.")
        }
        guard unlink(path) == 0 else { throw fault(path, errno) }
    }

    private static func address(_ path: String) -> sockaddr_un {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { place in
            // Settings bound the path; the terminator is the zero behind it.
            for (index, byte) in path.utf8.prefix(maximumPath).enumerated() { place[index] = byte }
        }
        return address
    }

    private static func withPointer<T>(
        to address: sockaddr_un, _ body: (UnsafePointer<sockaddr>, socklen_t) -> T
    ) -> T {
        withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    private static func fault(_ path: String, _ code: Int32) -> Fault {
        Fault(path: path, reason: "it can't be listened on (\(String(cString: strerror(code)))).")
    }
}

/// Outside the type, where `bind` and `connect` are the system's.
private func systemBind(_ descriptor: CInt, _ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> CInt {
    bind(descriptor, address, length)
}

private func systemConnect(_ descriptor: CInt, _ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> CInt {
    connect(descriptor, address, length)
}
