/// A person's statements, to look at and to use again.
struct StatementHistory: Sendable {
    struct Line: Sendable {
        let when: PageText
        let statement: PageText
        let outcome: PageText
        let isDone: Bool
        let address: PageText
    }

    let lines: [Line]
    /// Why there are none to see; empty: they are there.
    let problem: PageText

    /// Of one statement.
    static let shownBytes = 200

    init(_ history: Result<[StatementLog.Entry], PlantFailure>, _ texts: Texts) {
        switch history {
        case .success(let entries):
            lines = entries.prefix(20).map { Line($0, texts) }
            problem = ""
        case .failure(let failure):
            lines = []
            let fault = PlantFaultText(failure, texts)
            problem = PageText([fault.title, fault.detail, fault.next].filter { !$0.isEmpty }.joined(separator: ". "))
        }
    }
}

extension StatementHistory.Line {
    init(_ entry: StatementLog.Entry, _ texts: Texts) {
        // Line breaks and other blanks are one.
        let words = entry.statement.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let kept = BoundedText.line(words, maximumBytes: StatementHistory.shownBytes)
        when = PageText(moment: entry.at)
        statement = PageText(kept.utf8.count < words.utf8.count ? kept + "…" : kept)
        (outcome, isDone) =
            switch entry.outcome {
            case .done(let rows, let changed):
                (
                    PageText(
                        [
                            rows.map { texts.counted("sql.rows", $0) },
                            changed.map { texts.counted("sql.changed", $0) },
                        ].compactMap { $0 }.joined(separator: " · ")), true
                )
            case .refused(let code):
                (PageText(texts.known("sql.fault_\(code)") ?? texts("sql.refused", ["code": code])), false)
            case .unknown: (PageText(texts["sql.unknown_end"]), false)
            }
        address = PageText("/db-updates?entry=\(entry.position)")
    }
}
