/// `GET /db-updates`, and `/db-updates/runs/…`: the editor, what was answered last, where it runs, and what was run before.
struct DBUpdatesPage: WebPage {
    let templateName = "db-updates"
    let frame: PageFrame
    let closes: PageText
    let sql: PageText
    let sqlFault: PageText
    let maximumRows: PageText
    let maximumRowsFault: PageText
    let seconds: PageText
    let secondsFault: PageText
    let problem: PageText
    /// One where there is something of the kind.
    let result: [StatementResult]
    let fault: [StatementFault]
    let isRunning: Bool
    /// It ought to have ended long ago.
    let isLost: Bool
    /// Of what runs, to look again.
    let address: PageText
    let connection: [ConnectionPart]
    /// Why the plant does not tell of its database.
    let connectionFault: [StatementFault]
    let history: StatementHistory

    /// - Parameter run: what was run last, if that is what is looked at.
    init(
        parts: WebParts, visitor: Visitor, opening: DBUpdatesOpenings.Opening, draft: StatementDraft,
        run: StatementRun? = nil, connection: Result<ConnectionDocument, StatementFailure>,
        history: Result<[StatementLog.Entry], PlantFailure>, notice: String? = nil
    ) {
        let texts = parts.texts
        closes = PageText(moment: opening.expiresAt)
        sql = PageText(draft.sql)
        (sqlFault, maximumRows) = (PageText(draft.faults["sql"] ?? ""), PageText(draft.maximumRows))
        (maximumRowsFault, seconds) = (PageText(draft.faults["max_rows"] ?? ""), PageText(draft.seconds))
        secondsFault = PageText(draft.faults["seconds"] ?? "")
        problem = PageText(draft.faults.isEmpty ? draft.problem : texts["form.faults"])
        let place = run.map { DBUpdatesPages.address($0.id) } ?? ""
        address = PageText(place)
        var (result, fault): ([StatementResult], [StatementFault]) = ([], [])
        switch run?.state {
        case .ended(.answered(let json)):
            // Kept only if it can be read.
            if let run, let document = ResultDocument(json: json) {
                result = [StatementResult(document, of: run, texts)]
            }
        case .ended(.failed(let failure)): fault = [StatementFault(failure, in: draft.sql, texts)]
        case .running, .asked, nil: break
        }
        let isFailed = !fault.isEmpty || !draft.faults.isEmpty || !draft.problem.isEmpty
        let stage = run?.stage(now: visitor.now)
        (isRunning, isLost) = (stage == .running, stage == .lost)
        frame = parts.frame(
            texts[isFailed ? "sql.title_fault" : "sql.title"], for: visitor, notice: notice,
            live: isRunning ? place + "/live" : "")
        (self.result, self.fault) = (result, fault)
        switch connection {
        case .success(let document):
            (self.connection, connectionFault) = ([ConnectionPart(document, texts)], [])
        case .failure(let failure):
            (self.connection, connectionFault) = ([], [StatementFault(failure, in: "", texts)])
        }
        self.history = StatementHistory(history, texts)
    }
}
