package import Logging

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A backup on its way: a file under another name beside its place, for its owner alone, which gets its name when it is
/// whole, has been compared and is on disk. It never takes another file's place.
package struct BackupFile: Sendable {
    package let path: String
    /// Where it is made; what a killed run leaves there may be removed.
    package let temporary: String

    /// - Parameter id: makes the temporary name its own.
    package init(path: String, id: String) throws(StorageError) {
        guard path.hasPrefix("/"), !path.hasSuffix("/") else {
            throw .badURL("a backup is a file, by an absolute path")
        }
        self.path = path
        temporary = "\(path).partial-\(id)"
        var status = stat()
        guard lstat(path, &status) != 0 else {
            throw .unwritable("\(path) is there already; a backup overwrites nothing")
        }
        let descriptor = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw .unwritable("the backup can't be made at \(path): \(String(cString: strerror(errno)))")
        }
        close(descriptor)
    }

    package var temporaryURL: String { Databases.url(ofFile: temporary) }

    /// A SQLite database as it is at one moment, free pages and all, while others write: SQLite's own backup inside of
    /// one read transaction, which the checksums are made in too.
    /// - Parameter progress: pages done, and all.
    /// - Throws: `StorageError`, `TransferFault`.
    package func fill(
        from source: any Database, progress: @escaping @Sendable (_ pages: Int, _ all: Int) -> Void
    ) async throws -> [String: TableDigest] {
        guard let source = source as? SQLiteDatabase else {
            throw StorageError.invalidStatement("a server is copied table by table")
        }
        return try await source.backup(to: temporary, progress: progress) { transaction in
            try await DatabaseCopy.digests(transaction, .sqlite)
        }
    }

    /// Compares what is in the file with what should be, has it written through and gives it its name.
    /// - Parameter digests: nil: nothing is known to compare with; the file's own consistency counts.
    /// - Throws: `TransferFault`, `StorageError`.
    package func finish(expecting digests: [String: TableDigest], logger: Logger) async throws {
        do { try SQLiteConnection.settle(path: temporary) } catch {
            throw SQLiteErrors.map(error, isWriting: true)
        }
        let found = try await Self.verify(temporaryURL, logger: logger)
        for (table, digest) in digests.sorted(by: { $0.key < $1.key }) where found[table] != digest {
            throw TransferFault.differs(table: table, sent: digest, arrived: found[table] ?? TableDigest())
        }
        try sync(temporary)
        // Unlike rename(2) it fails where a file has come meanwhile.
        guard link(temporary, path) == 0 else {
            throw StorageError.unwritable("\(path): \(String(cString: strerror(errno)))")
        }
        unlink(temporary)
        try sync(path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "/")
    }

    /// Removes what was made so far.
    package func abandon() {
        for suffix in ["", "-journal", "-wal", "-shm"] { unlink(temporary + suffix) }
    }

    /// SQLite's own look at every page, index and reference, and the checksums of all tables.
    /// - Throws: `TransferFault.damaged`.
    @discardableResult
    package static func verify(_ url: String, logger: Logger) async throws -> [String: TableDigest] {
        let database = try Databases.openForReading(url: url, logger: logger)
        let outcome: Result<[String: TableDigest], any Error>
        do {
            outcome = .success(
                try await database.read { transaction in
                    let found = try await transaction.query("PRAGMA integrity_check(10)", [])
                    let complaints = try found.map { try $0.text("integrity_check") }.filter { $0 != "ok" }
                    guard complaints.isEmpty else { throw TransferFault.damaged(complaints) }
                    return try await DatabaseCopy.digests(transaction, .sqlite)
                })
        } catch {
            outcome = .failure(error)
        }
        try? await database.close()
        return try outcome.get()
    }

    private func sync(_ path: String) throws(StorageError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unwritable("\(path): \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .unwritable("\(path): \(String(cString: strerror(errno)))") }
    }
}
