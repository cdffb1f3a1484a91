import PlantKit

/// What can be brought in as CSV: which columns, and how a row becomes a draft.
struct ImportTable<Draft: Sendable>: Sendable {
    struct Column: Sendable {
        let name: String
        var isRequired = false
        var isNumber = false
        /// How to mend what is wrong.
        let help: String
    }

    /// A row that can be taken.
    struct Row: Sendable {
        let line: Int
        let draft: Draft
        /// Columns that are no part of the draft.
        let others: [String: String]
    }

    let columns: [Column]
    /// Columns of an export that are not brought in again.
    let ignored: Set<String>
    let read: @Sendable (inout FieldReader) -> Draft

    /// Every row, and everything that is wrong.
    func rows(in records: [CSVReader.Record]) -> (rows: [Row], faults: ImportFaults) {
        var faults = ImportFaults()
        guard let header = records.first else {
            faults.add(line: 1, "file", "is empty", help: "Begin with a line of column names.")
            return ([], faults)
        }
        check(header, &faults)
        guard faults.isEmpty else { return ([], faults) }
        var rows: [Row] = []
        for record in records.dropFirst() {
            guard record.fields.count == header.fields.count else {
                faults.add(
                    line: record.line, "row", "has \(record.fields.count) fields, not \(header.fields.count)",
                    help: "Quote fields that hold commas.")
                continue
            }
            if let row = row(record, header, &faults) { rows.append(row) }
        }
        return (rows, faults)
    }

    private func check(_ header: CSVReader.Record, _ faults: inout ImportFaults) {
        var seen: Set<String> = []
        let known = columns.map(\.name)
        for name in header.fields {
            if !known.contains(name), !ignored.contains(name) {
                faults.add(
                    line: header.line, name, "is no column", help: "There are \(known.joined(separator: ", ")).")
            }
            if !seen.insert(name).inserted {
                faults.add(line: header.line, name, "stands there twice", help: "Keep one of them.")
            }
        }
        for column in columns where column.isRequired && !seen.contains(column.name) {
            faults.add(line: header.line, column.name, "is missing", help: column.help)
        }
    }

    private func row(
        _ record: CSVReader.Record, _ header: CSVReader.Record, _ faults: inout ImportFaults
    ) -> Row? {
        var members: [String: JSONValue] = [:]
        var others: [String: String] = [:]
        for (name, field) in zip(header.fields, record.fields) where !field.isEmpty {
            guard let column = columns.first(where: { $0.name == name }) else { continue }
            let text = CSVWriter.plainText(field)
            members[name] = column.isNumber ? Self.number(field) : .text(text)
            others[name] = text
        }
        var reader = FieldReader(members)
        let draft = read(&reader)
        for column in columns where column.isRequired && members[column.name] == nil {
            reader.fault(column.name, "is required")
        }
        for (name, problem) in reader.faults {
            let help = columns.first { $0.name == name }?.help ?? ""
            faults.add(line: record.line, name, problem, help: help)
        }
        return reader.faults.isEmpty ? Row(line: record.line, draft: draft, others: others) : nil
    }

    /// As JSON would have it; what is no number is told of by the field's own reading.
    private static func number(_ field: String) -> JSONValue {
        if let integer = Int64(field) { return .integer(integer) }
        return field.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E || $0 == 0x2D }
            ? .otherNumber(field) : .text(field)
    }
}

/// What is wrong with a file, row by row.
struct ImportFaults: Sendable, Equatable {
    /// More are counted, not told.
    static let told = 100

    /// `line.column` → what is wrong, and how to mend it.
    private(set) var fields: [String: String] = [:]
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    /// - Parameter column: its name comes from the file: told in a bounded length.
    mutating func add(line: Int, _ column: String, _ problem: String, help: String) {
        count += 1
        if fields.count < Self.told { fields["\(line).\(column.prefix(64))"] = "\(problem). \(help)" }
    }
}
