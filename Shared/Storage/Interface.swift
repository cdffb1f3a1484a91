package import Logging

// INTERFACE SKELETON: the owner of Storage splits this into files and fills it in. Signatures are what other modules compile against.

package enum SQLValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
}

package struct SQLRow: Sendable {
    package let columns: [String: SQLValue]
    package init(columns: [String: SQLValue]) { self.columns = columns }
    /// Throws `StorageError.decoding` naming the column.
    package func text(_ column: String) throws -> String { fatalError("skeleton") }
    package func optionalText(_ column: String) throws -> String? { fatalError("skeleton") }
    package func integer(_ column: String) throws -> Int64 { fatalError("skeleton") }
    package func optionalInteger(_ column: String) throws -> Int64? { fatalError("skeleton") }
    package func bool(_ column: String) throws -> Bool { fatalError("skeleton") }
    package func blob(_ column: String) throws -> [UInt8] { fatalError("skeleton") }
    package func optionalBlob(_ column: String) throws -> [UInt8]? { fatalError("skeleton") }
}

package enum StorageError: Error, Sendable, Equatable {
    /// `table.column` names where the database tells them.
    case uniqueViolation(String)
    case foreignKeyViolation(String)
    case constraintViolation(String)
    case busy
    case unavailable(String)
    case decoding(String)
    case migration(String)
    case badURL(String)
}

/// Statements inside one transaction. Placeholders are `?`, in order; a PostgreSQL driver numbers them.
package protocol SQLTransaction {
    @discardableResult func execute(_ sql: String, _ arguments: [SQLValue]) async throws -> Int
    func query(_ sql: String, _ arguments: [SQLValue]) async throws -> [SQLRow]
}

/// SQL that runs on every database of the suite: one list, run in order, each once, in a transaction.
package struct Migration: Sendable {
    package let id: String
    package let statements: [String]
    package init(id: String, statements: [String]) {
        self.id = id
        self.statements = statements
    }
}

/// One small SQL surface (DESIGN §8). Conformances pass one suite.
package protocol Database: Sendable {
    func read<T: Sendable>(_ body: @Sendable (any SQLTransaction) async throws -> T) async throws -> T
    /// Serialised; committed durably when it returns, rolled back when `body` throws.
    func write<T: Sendable>(_ body: @Sendable (any SQLTransaction) async throws -> T) async throws -> T
    func migrate(_ migrations: [Migration], namespace: String) async throws
    func ping() async throws
    func close() async throws
}

package enum Databases {
    /// `sqlite:///ABSOLUTE/PATH` (parent folder made, mode 0700; file 0600) or `sqlite::memory:`.
    package static func open(url: String, logger: Logger) throws(StorageError) -> any Database {
        fatalError("skeleton")
    }
}
