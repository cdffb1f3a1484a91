/// A result as CSV (RFC 4180, UTF-8, with a header). Null is nothing, an empty text is `""`; a blob is `\x` and its bytes in
/// hexadecimal, as psql writes it.
///
/// Texts always stand in quotes: where a spreadsheet takes `;` for the separator, a text must not become two fields.
struct StatementCSV: Sendable {
    /// Spreadsheets take a text that begins like a formula for one, and run it (CWE-1236). Such a text gets a `'` in front,
    /// which they take for "this is text"; off where the file is for another program.
    let guardsFormulas: Bool

    func bytes(_ result: ResultDocument) -> [UInt8] {
        var bytes: [UInt8] = []
        line(result.columns.map(quoted), &bytes)
        for row in result.rows { line(row.map(field), &bytes) }
        return bytes
    }

    private func line(_ fields: [String], _ bytes: inout [UInt8]) {
        for (index, field) in fields.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += Array(field.utf8)
        }
        bytes += [0x0D, 0x0A]
    }

    private func field(_ value: ResultValue) -> String {
        switch value {
        case .null: ""
        // A number is no formula, whatever its sign.
        case .integer(let digits): digits
        case .real(let number): number
        case .text(let text): quoted(text)
        case .blob(let bytes): "\\x" + bytes.map(Self.hexadecimal).joined()
        }
    }

    private func quoted(_ text: String) -> String {
        let shown = guardsFormulas && Self.isFormula(text) ? "'" + text : text
        return "\"" + shown.replacing("\"", with: "\"\"") + "\""
    }

    /// `=`, `+`, `-` and `@`, their wide forms too, also behind blanks; tab and line breaks, behind which some programs
    /// look for one (OWASP, CSV injection).
    static func isFormula(_ text: String) -> Bool {
        let scalars = text.unicodeScalars
        guard let first = scalars.first else { return false }
        if ["\t", "\r", "\n"].contains(first) { return true }
        guard let sign = scalars.first(where: { !$0.properties.isWhitespace }) else { return false }
        return ["=", "+", "-", "@", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}"].contains(sign)
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
}
