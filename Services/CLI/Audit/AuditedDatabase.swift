import ArgumentParser
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
        let named = try NamedDatabase(
            url: url, option: database == nil ? "DATABASE_URL" : "--database", passwordFile: passwordFile, in: context)
        do throws(StorageError) {
            return try named.openForReading(in: context)
        } catch {
            throw CommandFailure(.undetermined, "\(named.name) can't be opened: \(error)")
        }
    }
}
