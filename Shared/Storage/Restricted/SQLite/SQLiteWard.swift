import CSQLite
import Dispatch

/// What SQLite asks while it reads and runs a statement: may this be done, and may it go on.
///
/// Everything is refused that is not named here. SQLite asks for what views and triggers do as well.
final class SQLiteWard {
    let protected: Set<String>
    let cancel: RestrictedCancel
    private let deadline: UInt64
    /// What may be touched; lower case.
    var tables: Set<String> = []
    /// Whatever can stand behind FROM without being named by the statement itself; lower case.
    var relations: Set<String> = []
    /// A statement of ours is at work.
    var isOwn = false
    /// What was refused first.
    private(set) var reason: String?

    init(protected: Set<String>, deadline: UInt64, cancel: RestrictedCancel) {
        self.protected = protected
        self.deadline = deadline
        self.cancel = cancel
    }

    static let progress: @convention(c) (UnsafeMutableRawPointer?) -> Int32 = { context in
        guard let context else { return 1 }
        let ward = Unmanaged<SQLiteWard>.fromOpaque(context).takeUnretainedValue()
        // What has begun to commit or to roll back ends.
        if ward.isOwn { return 0 }
        return ward.cancel.isSet || DispatchTime.now().uptimeNanoseconds >= ward.deadline ? 1 : 0
    }

    static let authorizer:
        @convention(c) (
            UnsafeMutableRawPointer?, Int32, UnsafePointer<CChar>?, UnsafePointer<CChar>?, UnsafePointer<CChar>?,
            UnsafePointer<CChar>?
        ) -> Int32 = { context, action, first, second, database, _ in
            guard let context else { return SQLITE_DENY }
            let ward = Unmanaged<SQLiteWard>.fromOpaque(context).takeUnretainedValue()
            if ward.isOwn { return SQLITE_OK }
            func text(_ pointer: UnsafePointer<CChar>?) -> String { pointer.map { String(cString: $0) } ?? "" }
            guard let refusal = ward.refusal(action, text(first), text(second), text(database)) else {
                return SQLITE_OK
            }
            ward.reason = ward.reason ?? refusal
            return SQLITE_DENY
        }

    private func refusal(_ action: Int32, _ first: String, _ second: String, _ database: String) -> String? {
        switch action {
        case SQLITE_SELECT, SQLITE_RECURSIVE:
            return nil
        case SQLITE_READ:
            // A table of which no column is read is asked for as it was written; so is a name that WITH gives.
            if second.isEmpty, database.isEmpty, isLocal(first.lowercased()) { return nil }
            return touching(first, database, isRead: true)
        case SQLITE_INSERT, SQLITE_UPDATE, SQLITE_DELETE:
            return touching(first, database, isRead: false)
        case SQLITE_FUNCTION:
            return Self.functions.contains(second.lowercased()) ? nil : "function \(second) is not allowed"
        default:
            return "\(Self.names[action] ?? "this kind of statement") is not allowed"
        }
    }

    /// Neither in the schema nor a module's: the statement itself gives the name.
    private func isLocal(_ name: String) -> Bool {
        !relations.contains(name) && !protected.contains(name)
            && !["sqlite_", "pragma_"].contains(where: name.hasPrefix)
    }

    private func touching(_ table: String, _ database: String, isRead: Bool) -> String? {
        let name = table.lowercased()
        if protected.contains(name) { return "table \(table) is protected" }
        if isRead, ["sqlite_master", "sqlite_schema", "json_each", "json_tree"].contains(name) { return nil }
        guard database == "main" || database.isEmpty, tables.contains(name) else {
            return "table \(table) can't be \(isRead ? "read" : "written to") here"
        }
        return nil
    }

    private static let names: [Int32: String] = [
        SQLITE_ATTACH: "ATTACH", SQLITE_DETACH: "DETACH", SQLITE_PRAGMA: "PRAGMA",
        SQLITE_TRANSACTION: "a transaction statement", SQLITE_SAVEPOINT: "a savepoint",
        SQLITE_ALTER_TABLE: "ALTER TABLE", SQLITE_CREATE_TABLE: "CREATE TABLE", SQLITE_DROP_TABLE: "DROP TABLE",
        SQLITE_CREATE_TEMP_TABLE: "CREATE TABLE", SQLITE_DROP_TEMP_TABLE: "DROP TABLE",
        SQLITE_CREATE_VTABLE: "a virtual table", SQLITE_DROP_VTABLE: "DROP TABLE",
        SQLITE_CREATE_VIEW: "CREATE VIEW", SQLITE_CREATE_TEMP_VIEW: "CREATE VIEW", SQLITE_DROP_VIEW: "DROP VIEW",
        SQLITE_CREATE_TRIGGER: "CREATE TRIGGER", SQLITE_CREATE_TEMP_TRIGGER: "CREATE TRIGGER",
        SQLITE_DROP_TRIGGER: "DROP TRIGGER", SQLITE_CREATE_INDEX: "CREATE INDEX", SQLITE_DROP_INDEX: "DROP INDEX",
        SQLITE_CREATE_TEMP_INDEX: "CREATE INDEX", SQLITE_REINDEX: "REINDEX", SQLITE_ANALYZE: "ANALYZE",
    ]

    /// SQLite's own that only compute (sqlite.org/lang_corefunc.html and its neighbours).
    private static let functions = Set(
        """
        abs acos acosh asin asinh atan atan2 atanh avg ceil ceiling changes char coalesce concat concat_ws cos cosh count
        cume_dist date datetime degrees dense_rank exp first_value floor format glob group_concat hex if ifnull iif instr
        json json_array json_array_length json_error_position json_extract json_group_array json_group_object json_insert
        json_object json_patch json_quote json_remove json_replace json_set json_type json_valid julianday lag
        last_insert_rowid last_value lead length like likelihood likely ln log log10 log2 lower ltrim max min mod nth_value
        ntile nullif octet_length percent_rank pi pow power printf quote radians random randomblob rank replace round
        row_number rtrim sign sin sinh soundex sqlite_source_id sqlite_version sqrt strftime string_agg substr substring
        sum tan tanh time timediff total total_changes trim trunc typeof unhex unicode unixepoch unlikely upper zeroblob
        -> ->>
        """.split(whereSeparator: \.isWhitespace).map(String.init))
}
