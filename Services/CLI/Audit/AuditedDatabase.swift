import ArgumentParser
import Foundation
import Storage

/// Which log a command is about.
struct AuditedDatabase: ParsableArguments {
    @Option(help: "Where the log is: sqlite:///PATH or postgres://…; DATABASE_URL of the environment else.")
    var database: String?

    @Option(help: "A file with the password of a postgres:// URL; DATABASE_PASSWORD of the environment else.")
    var passwordFile: String?

    @Option(help: "The log's table.")
    var table = "audit_log"

    /// Opens the database, reads, and closes it.
    /// - Throws: `undetermined` for whatever can't be read.
    func reading<T: Sendable>(
        in context: CommandContext, _ body: (AuditLog, any Database) async throws -> T
    ) async throws(CommandFailure) -> T {
        guard 1...40 ~= table.utf8.count, table.utf8.allSatisfy({ 97...122 ~= $0 || $0 == UInt8(ascii: "_") }) else {
            throw CommandFailure(.usage, "--table must be 1 to 40 of a-z and _")
        }
        let opened = try open(in: context)
        let outcome: Result<T, any Error>
        do { outcome = .success(try await body(AuditLog(table: table), opened)) } catch { outcome = .failure(error) }
        try? await opened.close()
        switch outcome {
        case .success(let value): return value
        case .failure(let failure as CommandFailure): throw failure
        case .failure(let error): throw CommandFailure(.undetermined, "the audit log can't be read: \(error)")
        }
    }

    private func open(in context: CommandContext) throws(CommandFailure) -> any Database {
        guard let url = database ?? context.variables["DATABASE_URL"], !url.isEmpty else {
            throw CommandFailure(.usage, "which database? give --database URL, or set DATABASE_URL")
        }
        // To open a file that is not there would make an empty one.
        if url.hasPrefix("sqlite:///"), let path = url.dropFirst(9).removingPercentEncoding,
            !FileManager.default.fileExists(atPath: path)
        {
            throw CommandFailure(.inputMissing, "\(path) is not there")
        }
        do throws(StorageError) {
            return try Databases.open(url: url, password: try password(in: context), logger: context.logger())
        } catch {
            if case .badURL(let reason) = error { throw CommandFailure(.usage, "the database's URL: \(reason)") }
            throw CommandFailure(.undetermined, "the database can't be opened: \(error)")
        }
    }

    private func password(in context: CommandContext) throws(StorageError) -> String? {
        guard let passwordFile else { return context.variables["DATABASE_PASSWORD"].flatMap { $0.isEmpty ? nil : $0 } }
        guard let data = FileManager.default.contents(atPath: context.absolute(passwordFile)) else {
            throw .badURL("the password file \(passwordFile) can't be read")
        }
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .newlines)
    }
}
