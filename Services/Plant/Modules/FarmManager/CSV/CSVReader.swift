/// Reads CSV (RFC 4180): quoted fields with `""` for `"`, line breaks within quotes, CRLF or LF between records.
package struct CSVReader {
    package struct Record: Sendable, Equatable {
        /// Of the file, from 1, where the record begins.
        package let line: Int
        package let fields: [String]
    }

    package struct Fault: Error, Sendable, Equatable {
        package let line: Int
        package let problem: String
    }

    /// Bounds for what comes from outside.
    package struct Limits: Sendable {
        /// Records, the header among them.
        package let records: Int
        package let columns: Int
        /// Bytes of one field.
        package let field: Int

        package init(records: Int, columns: Int, field: Int) {
            self.records = records
            self.columns = columns
            self.field = field
        }
    }

    private let bytes: [UInt8]
    private let limits: Limits
    private var position = 0
    private var line = 1

    private static let quote = UInt8(ascii: "\"")
    private static let comma = UInt8(ascii: ",")
    private static let carriageReturn = UInt8(ascii: "\r")
    private static let lineFeed = UInt8(ascii: "\n")

    /// - Parameter bytes: UTF-8; a byte order mark is skipped, as spreadsheets write one.
    package static func records(in bytes: [UInt8], limits: Limits) throws(Fault) -> [Record] {
        var reader = CSVReader(bytes: bytes, limits: limits)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { reader.position = 3 }
        var records: [Record] = []
        while reader.position < bytes.count {
            let record = try reader.record()
            // A line without anything on it is a spreadsheet's last one.
            if record.fields == [""] { continue }
            guard records.count < limits.records else {
                throw Fault(line: record.line, problem: "there are more than \(limits.records - 1) rows")
            }
            records.append(record)
        }
        return records
    }

    private init(bytes: [UInt8], limits: Limits) {
        self.bytes = bytes
        self.limits = limits
    }

    private mutating func record() throws(Fault) -> Record {
        let start = line
        var fields: [String] = []
        while true {
            fields.append(try field())
            guard fields.count <= limits.columns else {
                throw Fault(line: start, problem: "there are more than \(limits.columns) columns")
            }
            guard position < bytes.count, bytes[position] == Self.comma else { break }
            position += 1
        }
        skipLineEnd()
        return Record(line: start, fields: fields)
    }

    private mutating func field() throws(Fault) -> String {
        if position < bytes.count, bytes[position] == Self.quote { return try quotedField() }
        let start = position
        while position < bytes.count, !isFieldEnd(bytes[position]) {
            guard bytes[position] != Self.quote else {
                throw Fault(line: line, problem: "a quote stands within a field that does not begin with one")
            }
            position += 1
        }
        return try text(bytes[start..<position])
    }

    private mutating func quotedField() throws(Fault) -> String {
        let start = line
        var content: [UInt8] = []
        position += 1
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == Self.lineFeed { line += 1 }
            guard byte == Self.quote else {
                content.append(byte)
                continue
            }
            if position < bytes.count, bytes[position] == Self.quote {
                content.append(byte)
                position += 1
            } else if position == bytes.count || isFieldEnd(bytes[position]) {
                return try text(content[...])
            } else {
                throw Fault(line: line, problem: "something stands between a closing quote and the comma")
            }
        }
        throw Fault(line: start, problem: "a quoted field does not end")
    }

    private func text(_ content: ArraySlice<UInt8>) throws(Fault) -> String {
        guard content.count <= limits.field else {
            throw Fault(line: line, problem: "a field is longer than \(limits.field) bytes")
        }
        guard let text = String(validating: content, as: UTF8.self), !content.contains(0) else {
            throw Fault(line: line, problem: "a field is not UTF-8, or holds NUL")
        }
        return text
    }

    private func isFieldEnd(_ byte: UInt8) -> Bool {
        byte == Self.comma || byte == Self.lineFeed || byte == Self.carriageReturn
    }

    private mutating func skipLineEnd() {
        guard position < bytes.count else { return }
        if bytes[position] == Self.carriageReturn { position += 1 }
        if position < bytes.count, bytes[position] == Self.lineFeed { position += 1 }
        line += 1
    }
}
