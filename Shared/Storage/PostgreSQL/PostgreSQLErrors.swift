import CPostgreSQL

/// From SQLSTATE to ours (PostgreSQL, Appendix A). Total: what has no word of its own is `unavailable`.
///
/// DETAIL and HINT repeat values; of them only a key's column names are read. Primary messages repeat values in class 22
/// (data) and wherever a function raises its own, so they are kept for the classes that speak of the statement alone.
struct PostgreSQLError: Error {
    var code: String
    var message: String
    var table: String?
    var column: String?
    var constraint: String?
    /// `Key (a, b)=(…) already exists.`
    var detail: String?
    /// Of the statement's character that is complained of, from 1.
    var position: Int?

    init(result: OpaquePointer?) {
        func field(_ code: Character) -> String? {
            code.asciiValue.flatMap { PQresultErrorField(result, Int32($0)) }.map { String(cString: $0) }
        }
        self.code = field("C") ?? ""
        message = field("M") ?? "the server reported no message"
        table = field("t")
        column = field("c")
        constraint = field("n")
        detail = field("D")
        position = field("P").flatMap { Int($0) }
    }

    init(code: String, message: String = "", table: String? = nil, constraint: String? = nil, detail: String? = nil) {
        self.code = code
        self.message = message
        self.table = table
        self.constraint = constraint
        self.detail = detail
    }

    enum Remedy: Equatable { case none, runAgain, confirmByRunningAgain, reconnect }

    /// What helps against it when the whole transaction is run anew.
    var remedy: Remedy {
        switch code {
        case "40001", "40P01": .runAgain
        // Under SERIALIZABLE it may be another transaction's doing that a body had looked for in vain.
        case "23505": .confirmByRunningAgain
        // The statement was prepared before a migration, or the server forgot it.
        case "0A000" where message.contains("cached plan"), "26000": .reconnect
        default: .none
        }
    }

    var storageError: StorageError {
        switch code {
        case "23505":
            return .uniqueViolation(uniqueSubject)
        case "23503":
            return .foreignKeyViolation(constraint ?? table ?? "foreign key")
        case "23502":
            return .constraintViolation([table, column].compactMap { $0 }.joined(separator: "."))
        case "40001", "40P01", "55P03":
            return .busy
        case "53100":
            return .unwritable("the server's disk is full (SQLSTATE 53100); make room")
        case "57014":
            return .unavailable("the statement was cancelled, or took longer than it may")
        default:
            break
        }
        switch code.prefix(2) {
        case "23":
            return .constraintViolation(constraint ?? table ?? "constraint")
        case "22":
            return .invalidStatement("a value does not fit (SQLSTATE \(code))")
        case "42", "25", "26", "0A", "34", "3F", "3D":
            return .invalidStatement("\(message) (SQLSTATE \(code))")
        case "08", "28", "53", "57", "58":
            return .unavailable("\(message) (SQLSTATE \(code))")
        default:
            return .unavailable("SQLSTATE \(code)")
        }
    }

    /// `table.a, table.b`, as SQLite says; the index's name where it is over expressions or the server tells no more.
    private var uniqueSubject: String {
        let name = constraint ?? "unique constraint"
        guard let table, let detail, let open = detail.firstIndex(of: "("), let close = detail.firstRange(of: ")=(")
        else { return name }
        guard open < close.lowerBound else { return name }
        let columns = detail[detail.index(after: open)..<close.lowerBound].split(separator: ", ").map(String.init)
        let arePlain = columns.allSatisfy { $0.utf8.allSatisfy { $0 == UInt8(ascii: "_") || Self.isAlphanumeric($0) } }
        return arePlain ? columns.map { "\(table).\($0)" }.joined(separator: ", ") : name
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20 || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    }
}
