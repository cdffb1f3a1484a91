import Glibc

/// The last good set in a file, for a start while the issuer is down. Public keys alone; but whoever can write the file
/// chooses the keys, so it is made for its owner only, and one that others may write to is not read.
struct KeySetCache: Sendable {
    let path: String

    enum Finding: Sendable, Equatable {
        case set([UInt8])
        case absent
        /// Why it is not used.
        case refused(String)
    }

    func read() -> Finding {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return errno == ENOENT ? .absent : .refused("it can't be read (errno \(errno))") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return .refused("it is no regular file")
        }
        guard status.st_mode & (S_IWGRP | S_IWOTH) == 0 else { return .refused("others may write to it") }
        guard status.st_uid == geteuid() || status.st_uid == 0 else { return .refused("it belongs to somebody else") }
        guard status.st_size <= KeySetClient.maximumBytes else {
            return .refused("it is longer than \(KeySetClient.maximumBytes) bytes")
        }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while bytes.count <= KeySetClient.maximumBytes {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return .refused("it can't be read (errno \(errno))") }
            guard count > 0 else { return .set(bytes) }
            bytes += chunk[..<count]
        }
        return .refused("it grew while it was read")
    }

    /// Whole or not at all: written beside the old one, and renamed over it.
    /// - Returns: why it was not written.
    func write(_ bytes: [UInt8]) -> String? {
        let fresh = "\(path).\(getpid())"
        unlink(fresh)
        let descriptor = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return "errno \(errno)" }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(descriptor, buffer.baseAddress.map { $0 + written }, buffer.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            written += count
        }
        let isSynced = written == bytes.count && fsync(descriptor) == 0
        close(descriptor)
        guard isSynced, rename(fresh, path) == 0 else {
            let code = errno
            unlink(fresh)
            return "errno \(code)"
        }
        return nil
    }
}
