import CPostgreSQL

/// What the server answered to one statement. libpq's results don't change once made and may be read on any thread.
final class PostgreSQLResult: Sendable {
    /// Invariant: nobody else has it, nothing changes it, and it is freed with this object.
    nonisolated(unsafe) private let pointer: OpaquePointer
    /// Whether there is a transaction after the statement, one that has not failed.
    let leavesTransactionOpen: Bool

    /// Owns the result from now on.
    init(owning pointer: OpaquePointer, leavesTransactionOpen: Bool) {
        self.pointer = pointer
        self.leavesTransactionOpen = leavesTransactionOpen
    }

    deinit { PQclear(pointer) }

    /// Rows inserted, changed or deleted; 0 for any other statement.
    var changes: Int {
        let status = String(cString: PQcmdStatus(pointer))
        guard ["INSERT", "UPDATE", "DELETE", "MERGE"].contains(where: status.hasPrefix) else { return 0 }
        return Int(String(cString: PQcmdTuples(pointer))) ?? 0
    }

    func rows() throws(StorageError) -> [SQLRow] {
        let names = (0..<PQnfields(pointer)).map { String(cString: PQfname(pointer, $0)) }
        let columns = try SQLColumns(names)
        var rows: [SQLRow] = []
        rows.reserveCapacity(Int(PQntuples(pointer)))
        for row in 0..<PQntuples(pointer) {
            var values: [SQLValue] = []
            values.reserveCapacity(names.count)
            for (index, name) in names.enumerated() { values.append(try value(row, Int32(index), name)) }
            rows.append(SQLRow(columns, values))
        }
        return rows
    }

    private func value(_ row: Int32, _ column: Int32, _ name: String) throws(StorageError) -> SQLValue {
        guard PQgetisnull(pointer, row, column) == 0, let start = PQgetvalue(pointer, row, column) else {
            return .null
        }
        let raw = UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(pointer, row, column)))
        let type = PQftype(pointer, column)
        guard let value = PostgreSQLText.value(raw, type: type) else {
            throw .decoding("column \(name) holds a value of type \(type) that can't be read")
        }
        return value
    }
}

/// PostgreSQL's text form of values.
enum PostgreSQLText {
    /// Nil for a type that this surface does not know, or a number that does not fit.
    static func value(_ bytes: UnsafeRawBufferPointer, type: UInt32) -> SQLValue? {
        switch type {
        // text, varchar, bpchar, name, "char", unknown
        case 25, 1043, 1042, 19, 18, 705: return .text(String(decoding: bytes, as: UTF8.self))
        // int8, int4, int2, oid
        case 20, 23, 21, 26: return Int64(String(decoding: bytes, as: UTF8.self)).map(SQLValue.integer)
        case 16: return .integer(bytes.first == UInt8(ascii: "t") ? 1 : 0)
        // float4, float8
        case 700, 701: return finite(bytes)
        case 1700: return numeric(bytes)
        case 17: return hex(bytes).map(SQLValue.blob)
        // void: pg_notify and its like
        case 2278: return .null
        default: return nil
        }
    }

    private static func finite(_ bytes: UnsafeRawBufferPointer) -> SQLValue? {
        guard let real = Double(String(decoding: bytes, as: UTF8.self)), real.isFinite else { return nil }
        return .real(real)
    }

    /// `SUM` of a BIGINT is numeric: whole numbers stay exact or are refused.
    private static func numeric(_ bytes: UnsafeRawBufferPointer) -> SQLValue? {
        guard bytes.contains(UInt8(ascii: ".")) else {
            return Int64(String(decoding: bytes, as: UTF8.self)).map(SQLValue.integer)
        }
        return finite(bytes)
    }

    /// `\x` and two digits per byte.
    private static func hex(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
        guard bytes.count >= 2, bytes.count.isMultiple(of: 2), bytes[0] == UInt8(ascii: "\\"),
            bytes[1] == UInt8(ascii: "x")
        else { return nil }
        var blob: [UInt8] = []
        blob.reserveCapacity(bytes.count / 2 - 1)
        for index in stride(from: 2, to: bytes.count, by: 2) {
            guard let high = digit(bytes[index]), let low = digit(bytes[index + 1]) else { return nil }
            blob.append(high << 4 | low)
        }
        return blob
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
