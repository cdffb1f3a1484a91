/// What a statement answered, as a table.
struct StatementResult: Sendable {
    /// One sentence: rows, rows changed, how long it took.
    let summary: PageText
    /// There was more than may be answered.
    let isTruncated: Bool
    /// The table has the first rows alone; empty: it has all.
    let shortened: PageText
    let hasTable: Bool
    let columns: [PageText]
    let rows: [Row]
    let csv: PageText
    let exactCSV: PageText

    struct Row: Sendable {
        let number: PageText
        let cells: [Cell]
    }

    struct Cell: Sendable {
        let text: PageText
        let isNumber: Bool
        /// Not the value itself, but what kind of one there is: null, an empty text, a blob.
        let isKind: Bool

        init(_ value: ResultValue, _ texts: Texts) {
            (isNumber, isKind) =
                switch value {
                case .integer, .real: (true, false)
                case .null, .blob: (false, true)
                case .text(let text): (false, text.isEmpty)
                }
            text = PageText(Self.words(value, texts))
        }

        private static func words(_ value: ResultValue, _ texts: Texts) -> String {
            switch value {
            case .null: texts["sql.null"]
            case .integer(let digits): digits
            case .real(let number): number
            case .text(let text) where text.isEmpty: texts["sql.empty_text"]
            case .text(let text): shown(text)
            case .blob(let bytes): texts.counted("sql.blob", bytes.count)
            }
        }

        /// As much as a table has room for; line breaks stay. What can't be seen does not hide the rest.
        private static func shown(_ text: String) -> String {
            var kept = String.UnicodeScalarView()
            for scalar in text.unicodeScalars {
                guard kept.count < StatementResult.shownCharacters else {
                    kept.append("…")
                    break
                }
                switch scalar.properties.generalCategory {
                case .control where scalar != "\n" && scalar != "\t", .format: kept.append("\u{FFFD}")
                default: kept.append(scalar)
                }
            }
            return String(kept)
        }
    }

    /// Of a table; the file has all of them.
    static let shownRows = 200
    /// Of one value.
    static let shownCharacters = 500

    init(_ result: ResultDocument, of run: StatementRun, _ texts: Texts) {
        let address = DBUpdatesPages.address(run.id) + "/csv"
        hasTable = !result.columns.isEmpty
        summary = PageText(Self.summary(result, texts))
        isTruncated = result.isTruncated
        shortened = PageText(
            result.rows.count > Self.shownRows ? texts("sql.shortened", ["count": String(Self.shownRows)]) : "")
        columns = result.columns.map { PageText(BoundedText.line($0, maximumBytes: 300)) }
        rows = result.rows.prefix(Self.shownRows).enumerated().map { index, row in
            Row(number: PageText(String(index + 1)), cells: row.map { Cell($0, texts) })
        }
        csv = PageText(address)
        exactCSV = PageText(address + "?exact=1")
    }

    private static func summary(_ result: ResultDocument, _ texts: Texts) -> String {
        let facts = [
            result.columns.isEmpty ? nil : texts.counted("sql.rows", result.rows.count),
            texts.counted("sql.changed", result.rowsChanged),
            texts("sql.duration", ["count": String(result.durationMilliseconds)]),
        ]
        return facts.compactMap { $0 }.joined(separator: " · ")
    }
}
