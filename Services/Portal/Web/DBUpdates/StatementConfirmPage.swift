/// Asks before a statement that may change something: what it is, where it runs, and what will happen. It names the run
/// alone, so what is run is what is shown.
struct StatementConfirmPage: WebPage {
    let templateName = "statement-confirm"
    let frame: PageFrame
    let statement: PageText
    let consequences: [PageText]
    let action: PageText
    let back: PageText
    /// It only reads, as far as can be seen.
    let isRead: Bool

    /// - Parameter connection: nil where the plant does not tell.
    init(parts: WebParts, visitor: Visitor, run: StatementRun, connection: ConnectionDocument?) {
        let texts = parts.texts
        let limits = StatementLimits(run.statement, connection?.limits)
        frame = parts.frame(texts["sql.confirm_title"], for: visitor)
        statement = PageText(run.statement.sql)
        consequences = [
            connection.map { texts("sql.confirm_where", ["database": BoundedText.line($0.name, maximumBytes: 300)]) },
            texts("sql.confirm_limits", ["rows": limits.rows(texts), "time": limits.time(texts)]),
            texts["sql.confirm_commit"], texts["sql.confirm_audit"],
        ].compactMap { $0.map { PageText($0) } }
        action = PageText(DBUpdatesPages.address(run.id) + "/confirm")
        back = PageText("/db-updates?run=\(run.id.text)")
        isRead = run.statement.isRead
    }
}

/// What a statement may take: what was typed, or the plant's own bound.
struct StatementLimits: Sendable {
    private let maximumRows: Int?
    private let seconds: Int?

    init(_ statement: Statement, _ limits: ConnectionDocument.Limits?) {
        maximumRows = statement.maximumRows ?? limits?.maximumRows
        seconds = statement.seconds ?? limits.map { $0.timeoutMilliseconds / 1000 }
    }

    func rows(_ texts: Texts) -> String {
        maximumRows.map { texts.counted("sql.rows", $0) } ?? texts["sql.rows_bounded"]
    }
    func time(_ texts: Texts) -> String {
        seconds.map { texts.counted("sql.seconds", $0) } ?? texts["sql.time_bounded"]
    }
}
