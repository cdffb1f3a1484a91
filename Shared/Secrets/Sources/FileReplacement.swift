#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Puts a whole new file in the place of an old one, or takes it away; what fails leaves the old one as it was.
///
/// Done under `FileLock`, which is why the new file's name needs nothing random in it, and what a crash left under that
/// name is cleared away by the next write.
struct FileReplacement {
    let path: String
    /// The file whose mode and owner a new one gets where `path` is not there yet: who may read the one must be able to
    /// read the other.
    let model: String

    /// - Throws: with the old file untouched.
    func write(_ value: SecretBytes) throws(StoreWriteError) {
        let target = try Self.target(of: path)
        let (folder, name) = Self.split(target)
        let fresh = "\(folder)/.\(name).new"
        var status = stat()
        let keeps = stat(target, &status) == 0 || stat(model, &status) == 0
        unlink(fresh)
        let descriptor = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Self.failure(errno, target) }
        do throws(StoreWriteError) {
            defer { close(descriptor) }
            try Self.fill(descriptor, with: value, target)
            if keeps { try Self.adopt(status, descriptor, target) }
            guard fsync(descriptor) == 0 else { throw Self.failure(errno, target) }
        } catch {
            unlink(fresh)
            throw error
        }
        guard rename(fresh, target) == 0 else {
            let code = errno
            unlink(fresh)
            throw Self.failure(code, target)
        }
        try Self.settle(folder)
    }

    /// Removes the file; a link stays a link's own business: what is removed is the name.
    func remove() throws(StoreWriteError) {
        _ = try Self.target(of: path)
        guard unlink(path) == 0 || errno == ENOENT else { throw Self.failure(errno, path) }
        try Self.settle(Self.split(path).folder)
    }

    /// Where links lead: the file that is replaced, so that the link stays.
    /// - Throws: `denied` for a Kubernetes volume, whose files the kubelet owns, and for a link that leads nowhere.
    static func target(of path: String) throws(StoreWriteError) -> String {
        guard let resolved = realpath(path, nil) else {
            let code = errno
            var status = stat()
            guard code == ENOENT, lstat(path, &status) != 0 else {
                throw .denied(reason: "\(path) is a link that leads nowhere: it is not written through")
            }
            return path
        }
        defer { free(resolved) }
        let target = String(cString: resolved)
        // The kubelet puts files into `..2026_01_01_00_00_00.123` and swaps the link `..data` to it.
        let parts = target.split(separator: "/").dropLast()
        guard !parts.contains(where: { $0.hasPrefix("..") }) else {
            throw .denied(
                reason: """
                    \(path) is a link into a Kubernetes volume, which the kubelet writes from its Secret: change the \
                    Secret, and every pod's file follows
                    """)
        }
        return target
    }

    /// What the system's refusal of a write means to an operator.
    static func failure(_ code: Int32, _ path: String) -> StoreWriteError {
        switch code {
        case EROFS:
            .denied(
                reason: """
                    \(path) lies on a read-only file system, as mounted secrets do: change it where the platform keeps it
                    """)
        case EACCES, EPERM: .denied(reason: "this process may not write \(path), or not into its folder")
        case EBUSY: .denied(reason: "\(path) is a mount of its own and can't be replaced: mount its folder instead")
        case ENOSPC, EDQUOT: .unavailable(reason: "there is no space left for \(path)")
        case ENOENT, ENOTDIR: .denied(reason: "the folder of \(path) does not exist")
        case ELOOP: .denied(reason: "\(path) is a link where none is expected")
        default: .unavailable(reason: "\(path) can't be written (errno \(code))")
        }
    }

    private static func fill(
        _ descriptor: Int32, with value: SecretBytes, _ path: String
    ) throws(StoreWriteError) {
        var rest = value.withUnsafeBytes { Array($0) }[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { systemWrite(descriptor, $0) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure(count < 0 ? errno : ENOSPC, path) }
            rest = rest.dropFirst(count)
        }
    }

    private static func adopt(_ old: stat, _ descriptor: Int32, _ path: String) throws(StoreWriteError) {
        var fresh = stat()
        guard fstat(descriptor, &fresh) == 0 else { throw failure(errno, path) }
        if fresh.st_uid != old.st_uid || fresh.st_gid != old.st_gid {
            guard fchown(descriptor, old.st_uid, old.st_gid) == 0 else {
                throw .denied(
                    reason: """
                        this process can't keep the owner of \(path) (\(old.st_uid):\(old.st_gid)), and whoever reads it \
                        might not be able to any more: run it as that user
                        """)
            }
        }
        guard fchmod(descriptor, old.st_mode & 0o7777) == 0 else { throw failure(errno, path) }
    }

    /// A rename is on the disk when its folder is.
    private static func settle(_ folder: String) throws(StoreWriteError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(errno, folder) }
        defer { close(descriptor) }
        // Some file systems have no such call for folders, and then nothing is to be waited for.
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw failure(errno, folder) }
    }

    private static func split(_ path: String) -> (folder: String, name: Substring) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path[...]) }
        return (slash == path.startIndex ? "/" : String(path[..<slash]), path[path.index(after: slash)...])
    }
}

/// Outside the type, where `write` is the system's.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(descriptor, bytes.baseAddress, bytes.count)
}
