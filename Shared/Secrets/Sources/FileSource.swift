#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A secret in a file: `<NAME>_FILE`. Symbolic links are followed, as Kubernetes swaps them.
package struct FileSource: SecretSource {
    package let path: String

    package init(path: String) { self.path = path }

    package var label: String { "file \(path)" }

    package func read() async -> SourceReading { readNow() }

    /// As `read`, without suspending: a file of at most 64 KiB.
    func readNow() -> SourceReading {
        // Non-blocking, so that a named pipe in its place can't hold up the service.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return Self.failure(errno) }
        defer { close(descriptor) }
        guard let before = Self.status(descriptor) else { return Self.failure(errno) }
        guard before.st_mode & S_IFMT == S_IFREG else { return .unavailable(reason: "it is no regular file") }
        guard before.st_size <= SecretValue.maximumBytes else {
            return .unavailable(reason: "it is larger than \(SecretValue.maximumBytes) bytes")
        }
        guard let bytes = Self.contents(descriptor), let after = Self.status(descriptor) else {
            return Self.failure(errno)
        }
        guard bytes.count <= SecretValue.maximumBytes else {
            return .unavailable(reason: "it is larger than \(SecretValue.maximumBytes) bytes")
        }
        guard Self.revision(before) == Self.revision(after), bytes.count == Int(after.st_size) else {
            return .unavailable(reason: "it was written to while it was read")
        }
        return .found(SecretBytes(bytes), revision: Self.revision(after))
    }

    /// What `readNow` would name as the revision, without reading; nil where no file is.
    var revisionNow: String? {
        var status = stat()
        return stat(path, &status) == 0 ? Self.revision(status) : nil
    }

    private static func contents(_ descriptor: Int32) -> [UInt8]? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while bytes.count <= SecretValue.maximumBytes {
            let count = systemRead(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return bytes
    }

    private static func status(_ descriptor: Int32) -> stat? {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? status : nil
    }

    private static func revision(_ status: stat) -> String {
        "\(status.st_dev):\(status.st_ino):\(status.st_size):\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
    }

    private static func failure(_ code: Int32) -> SourceReading {
        switch code {
        case ENOENT, ENOTDIR: .absent(reason: "there is no such file")
        case EACCES, EPERM: .denied(reason: "this process may not read it")
        default: .unavailable(reason: "it can't be read (errno \(code))")
        }
    }
}

/// Outside the type, where `read` is the system's and not the source's.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}
