import CPostgreSQL

/// libpq's results as an administrator is shown them.
extension RestrictedLink {
    static func columns(of result: OpaquePointer) -> [String] {
        (0..<PQnfields(result)).map { String(cString: PQfname(result, $0)) }
    }

    /// Bytes on the wire.
    static func size(of result: OpaquePointer, _ row: Int32) -> Int {
        (0..<PQnfields(result)).reduce(0) { $0 + Int(PQgetlength(result, row, $1)) }
    }

    static func values(of result: OpaquePointer, _ row: Int32) -> [SQLValue] {
        (0..<PQnfields(result)).map { column in
            guard PQgetisnull(result, row, column) == 0, let start = PQgetvalue(result, row, column) else {
                return .null
            }
            let raw = UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result, row, column)))
            let type = PQftype(result, column)
            if let value = PostgreSQLText.value(raw, type: type) { return value }
            let text = String(decoding: raw, as: UTF8.self)
            // float4 and float8 that are not finite: the rest of the service stores none, so its surface knows none.
            if [700, 701].contains(type), let real = Double(text) { return .real(real) }
            // What has no kind of its own here is shown as the server writes it.
            return .text(text)
        }
    }

    static func changes(of result: OpaquePointer) -> Int {
        let status = String(cString: PQcmdStatus(result))
        guard ["INSERT", "UPDATE", "DELETE", "MERGE"].contains(where: status.hasPrefix) else { return 0 }
        return Int(String(cString: PQcmdTuples(result))) ?? 0
    }
}
