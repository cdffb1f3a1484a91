import PlantKit

/// Writes CSV (RFC 4180), CRLF after each record, so that spreadsheets read it and execute nothing of it.
package enum CSVWriter {
    /// A cell.
    package enum Cell: Sendable, Equatable {
        /// Written by people: what a spreadsheet would take for a formula gets a `'` before it (OWASP, "CSV injection").
        case text(String)
        /// Made by us: numbers, days, codes of a fixed set; a negative number stays one.
        case plain(String)

        /// Empty for nil.
        package static func optional(_ text: String?) -> Cell { .text(text ?? "") }
        package static func number(_ number: Int64?) -> Cell { .plain(number.map { String($0) } ?? "") }
        /// See `FixedDecimal`.
        package static func decimal(_ value: Int64?, _ places: Int) -> Cell {
            .plain(value.map { FixedDecimal.text($0, places: places) } ?? "")
        }
    }

    package static func record(_ cells: [Cell]) -> String {
        cells.map(field).joined(separator: ",") + "\r\n"
    }

    private static func field(_ cell: Cell) -> String {
        let text =
            switch cell {
            case .plain(let text): text
            case .text(let text): defused(text)
            }
        let needsQuotes = text.utf8.contains { "\",\r\n".utf8.contains($0) }
        return needsQuotes
            ? "\"\(text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\"" : text
    }

    /// Tab and carriage return are skipped by some spreadsheets before they look for the sign.
    private static func defused(_ text: String) -> String {
        guard let first = text.unicodeScalars.first, "=+-@\t\r＝＋－＠".unicodeScalars.contains(first) else { return text }
        return "'" + text
    }

    /// What `defused` made of a text, taken back: an export can be imported again.
    package static func plainText(_ field: String) -> String {
        guard field.first == "'", let second = field.dropFirst().unicodeScalars.first,
            "=+-@\t\r＝＋－＠".unicodeScalars.contains(second)
        else { return field }
        return String(field.dropFirst())
    }
}
