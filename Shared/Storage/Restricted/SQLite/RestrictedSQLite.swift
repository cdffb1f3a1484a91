import CSQLite
import Dispatch

/// One statement on a SQLite file, on a connection of its own beside the service's.
final class RestrictedSQLite: Sendable {
    private let path: String
    private let protected: Set<String>
    private let thread = RestrictedThread("restricted-sqlite")

    init(path: String, protected: Set<String>) {
        self.path = path
        self.protected = protected
    }

    func execute(_ sql: String, _ limits: RestrictedLimits) async throws(RestrictedSQLError) -> RestrictedResult {
        let (path, protected) = (path, protected)
        return try await thread.run { (cancel) throws(RestrictedSQLError) in
            let start = DispatchTime.now().uptimeNanoseconds
            let ward = SQLiteWard(protected: protected, deadline: start + limits.time.ticks, cancel: cancel)
            let session = try RestrictedSQLiteSession(path: path, ward: ward, limits: limits)
            return try session.run(sql, since: start)
        }
    }
}

/// The connection, from its opening to its end. Lives on one thread.
private final class RestrictedSQLiteSession {
    private let database: OpaquePointer
    private let ward: SQLiteWard
    private let limits: RestrictedLimits

    init(path: String, ward: SQLiteWard, limits: RestrictedLimits) throws(RestrictedSQLError) {
        self.ward = ward
        self.limits = limits
        var opened: OpaquePointer?
        // Without CREATE: a file that is not there stays so. Without URI: the path is a path.
        let code = sqlite3_open_v2(path, &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nil)
        guard let opened, code == SQLITE_OK else {
            sqlite3_close_v2(opened)
            throw .unavailable("the database file can't be opened (SQLite code \(code))")
        }
        database = opened
        sqlite3_extended_result_codes(database, 1)
        try bound()
        // Without virtual ones, which may reach anywhere.
        let tables = try names(
            """
            SELECT name FROM sqlite_master
            WHERE type IN ('table', 'view') AND sql NOT LIKE 'CREATE VIRTUAL%' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'
            """)
        ward.tables = tables.subtracting(ward.protected)
        ward.relations = try names("SELECT name FROM sqlite_master UNION SELECT name FROM pragma_module_list")
        // From here on each statement is looked at.
        let context = Unmanaged.passUnretained(ward).toOpaque()
        sqlite3_set_authorizer(database, SQLiteWard.authorizer, context)
        // Steps of SQLite's machine; few, as a single one may search a text of `valueBytes`.
        sqlite3_progress_handler(database, 10, SQLiteWard.progress, context)
    }

    deinit { sqlite3_close_v2(database) }

    private func bound() throws(RestrictedSQLError) {
        for (option, value) in SQLiteBounds.options where lockstep_sqlite3_set(database, option, value) != SQLITE_OK {
            throw .unavailable("this SQLite can't be restricted (option \(option))")
        }
        for (limit, value) in SQLiteBounds.limits(limits) { sqlite3_limit(database, limit, Int32(clamping: value)) }
        sqlite3_busy_timeout(database, Int32(clamping: limits.time.milliseconds))
        // What was answered is on disk, here as for the service (docs/decisions/0010).
        try own("PRAGMA synchronous = FULL")
        let pageSize = try integer("PRAGMA page_size")
        let pages = try integer("PRAGMA page_count")
        try own("PRAGMA max_page_count = \(pages + Int64(limits.growth) / max(pageSize, 512))")
    }

    func run(_ sql: String, since start: UInt64) throws(RestrictedSQLError) -> RestrictedResult {
        let statement = try prepared(sql)
        defer { sqlite3_finalize(statement) }
        let isReading = sqlite3_stmt_readonly(statement) != 0
        try own(isReading ? "BEGIN" : "BEGIN IMMEDIATE")
        do throws(RestrictedSQLError) {
            let before = sqlite3_total_changes(database)
            let answer = try step(statement, isReading: isReading)
            let changes = Int(sqlite3_total_changes(database) - before)
            guard changes <= limits.changes else { throw .tooManyChanges(limit: limits.changes) }
            // A statement that was not read to its end is over before its transaction.
            sqlite3_reset(statement)
            try own("COMMIT")
            let columns = (0..<sqlite3_column_count(statement)).map { column in
                sqlite3_column_name(statement, column).map { String(cString: $0) } ?? ""
            }
            return RestrictedResult(
                columns: columns, rows: answer.rows, changes: changes, isTruncated: answer.isTruncated,
                duration: .nanoseconds(Int64(clamping: DispatchTime.now().uptimeNanoseconds - start)))
        } catch {
            sqlite3_reset(statement)
            // Some errors have rolled back already; then this one says so, and nothing else is lost.
            try? own("ROLLBACK")
            throw error
        }
    }

    /// SQLite says itself where the first statement ends; what stands behind it must be nothing.
    private func prepared(_ sql: String) throws(RestrictedSQLError) -> OpaquePointer {
        let text = Array(sql.utf8CString)
        var statement: OpaquePointer?
        let failure: RestrictedSQLError? = text.withUnsafeBufferPointer { buffer in
            var tail: UnsafePointer<CChar>?
            let code = sqlite3_prepare_v3(database, buffer.baseAddress, -1, 0, &statement, &tail)
            guard code == SQLITE_OK else { return error(code, in: text) }
            guard statement != nil else { return .refused("there is no statement") }
            while let rest = tail, rest.pointee != 0 {
                var second: OpaquePointer?
                var next: UnsafePointer<CChar>?
                let code = sqlite3_prepare_v3(database, rest, -1, 0, &second, &next)
                sqlite3_finalize(second)
                // What is no statement at all is no comment either.
                guard code == SQLITE_OK, second == nil, next != rest else {
                    return .refused("only one statement is allowed")
                }
                tail = next
            }
            return sqlite3_bind_parameter_count(statement) == 0 ? nil : .refused("placeholders have no values here")
        }
        if let failure {
            sqlite3_finalize(statement)
            throw failure
        }
        guard let statement else { throw .refused("there is no statement") }
        return statement
    }

    private func step(_ statement: OpaquePointer, isReading: Bool) throws(RestrictedSQLError) -> RestrictedAnswer {
        var answer = RestrictedAnswer(limits)
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW:
                let fits = answer.take(SQLiteRow.values(statement))
                // A write is done to its end, or its constraints would not be looked at.
                if !fits, isReading { return answer }
            case SQLITE_DONE:
                return answer
            case let code:
                throw error(code)
            }
        }
    }

    /// Lower case.
    private func names(_ sql: String) throws(RestrictedSQLError) -> Set<String> {
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v2(database, sql, -1, &statement, nil)
        guard code == SQLITE_OK else { throw error(code) }
        defer { sqlite3_finalize(statement) }
        var names: Set<String> = []
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW:
                if let name = sqlite3_column_text(statement, 0) { names.insert(String(cString: name).lowercased()) }
            case SQLITE_DONE: return names
            case let code: throw error(code)
            }
        }
    }

    /// A statement of ours, which the authorizer lets pass.
    private func own(_ sql: String) throws(RestrictedSQLError) {
        ward.isOwn = true
        defer { ward.isOwn = false }
        let code = sqlite3_exec(database, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw error(code) }
    }

    private func integer(_ sql: String) throws(RestrictedSQLError) -> Int64 {
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v2(database, sql, -1, &statement, nil)
        defer { sqlite3_finalize(statement) }
        guard code == SQLITE_OK, sqlite3_step(statement) == SQLITE_ROW else { throw error(sqlite3_errcode(database)) }
        return sqlite3_column_int64(statement, 0)
    }

    /// Of the character that SQLite stumbled over, from 1.
    private func position(in text: [CChar]) -> Int? {
        let offset = Int(sqlite3_error_offset(database))
        guard offset >= 0, offset < text.count else { return nil }
        return String(decoding: text[..<offset].map { UInt8(bitPattern: $0) }, as: UTF8.self).unicodeScalars.count + 1
    }

    /// - Parameter text: the statement, where it is the parser that complains.
    private func error(_ code: Int32, in text: [CChar] = []) -> RestrictedSQLError {
        let message = String(cString: sqlite3_errmsg(database))
        if let reason = ward.reason { return .refused(reason) }
        switch code & 0xFF {
        case SQLITE_AUTH: return .refused(message)
        case SQLITE_INTERRUPT: return ward.cancel.isSet ? .cancelled : .timedOut
        case SQLITE_BUSY, SQLITE_LOCKED: return .busy
        case SQLITE_TOOBIG, SQLITE_NOMEM: return .tooLarge("a value or the statement is too large")
        case SQLITE_FULL: return .tooLarge("the database would grow by more than it may, or the disk is full")
        case SQLITE_ERROR, SQLITE_CONSTRAINT, SQLITE_MISMATCH, SQLITE_RANGE, SQLITE_SCHEMA:
            return .invalid(message, position: position(in: text))
        case SQLITE_READONLY: return .unavailable("the database can't be written to: \(message)")
        default: return .unavailable(message)
        }
    }
}
