#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Makes the database file before SQLite does, so that it is never readable by others, not even for a moment.
/// SQLite gives its -wal and -shm files the mode of the main file.
enum SQLiteFile {
    static func prepare(_ path: String) throws(StorageError) {
        try makeParents(of: path)
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw refusal("the database file \(path)") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure("can't examine the database file", path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .unavailable("\(path) is no regular file") }
        // A file that an older version or an administrator left open to others is closed to them.
        guard status.st_mode & 0o077 == 0 || fchmod(descriptor, 0o600) == 0 else {
            throw failure("can't make the database file private", path)
        }
        // SQLite says no more than "unable to open database file" then.
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
        guard access(folder.isEmpty ? "/" : folder, W_OK | X_OK) == 0 else {
            throw refusal("the folder \(folder), where SQLite keeps its log")
        }
    }

    static func exists(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// Whether a megabyte is left on the file's disk; true where that can't be told.
    static func hasRoom(_ path: String) -> Bool {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return true }
        return UInt64(status.f_bavail) * UInt64(status.f_frsize) >= 1 << 20
    }

    /// Folders that are made get mode 0700; those that exist stay as they are.
    private static func makeParents(of path: String) throws(StorageError) {
        var folder = ""
        for component in path.split(separator: "/").dropLast() {
            folder += "/\(component)"
            if mkdir(folder, 0o700) != 0, errno != EEXIST, errno != EISDIR {
                throw refusal("the folder \(folder)")
            }
        }
    }

    /// `EACCES`, `EROFS` and their like: in one line, with what mends it.
    private static func refusal(_ what: String) -> StorageError {
        let code = errno
        let reason = String(cString: strerror(code))
        guard [EACCES, EPERM, EROFS, ENOSPC, EDQUOT].contains(code) else { return .unavailable("\(what): \(reason)") }
        let mend =
            code == ENOSPC || code == EDQUOT
            ? "make room" : "let the user of this process (uid \(getuid())) write there, or name another place"
        return .unwritable("\(what): \(reason); \(mend)")
    }

    private static func failure(_ what: String, _ path: String) -> StorageError {
        .unavailable("\(what) \(path): \(String(cString: strerror(errno)))")
    }
}
