@testable import Portal

/// The pages of DB updates with something in every place, for the tests that read all pages.
struct DBUpdatesSamples {
    let parts: WebParts
    let visitor: Visitor

    var all: [any WebPage] {
        get throws {
            guard let run = RecordID("r"), let place = LocalPath("/db-updates"),
                let connection = ConnectionDocument(json: Array(FakeDatabase.connection.utf8))
            else { return [] }
            let statement = Statement(sql: "SELECT 1", maximumRows: 1, seconds: 2)
            let failure = StatementFailure(
                status: 422, code: "statement_invalid", detail: "no (at character 2)", retryAfter: nil)
            var unready = connection
            (unready.isReady, unready.faults) = (false, ["mend it"])
            let entries = [
                StatementLog.Entry(
                    position: 1, at: 0, statement: "s", isCut: false, outcome: .done(rows: 1, changed: 2)),
                StatementLog.Entry(position: 2, at: 0, statement: "s", isCut: true, outcome: .refused(code: "c")),
                StatementLog.Entry(position: 3, at: 0, statement: "s", isCut: false, outcome: .unknown),
            ]
            func page(
                _ state: StatementRun.State?, _ connection: Result<ConnectionDocument, StatementFailure>,
                _ history: Result<[StatementLog.Entry], PlantFailure>, _ draft: StatementDraft
            ) -> DBUpdatesPage {
                DBUpdatesPage(
                    parts: parts, visitor: visitor, opening: .init(token: "t", expiresAt: 9, connection: nil),
                    draft: draft,
                    run: state.map { StatementRun(id: run, statement: statement, state: $0, createdAt: 0) },
                    connection: connection, history: history, notice: "db_updates_closed")
            }
            let faulty = StatementDraft(
                StatementForm(sql: "x", maximumRows: "y", seconds: "z"),
                faults: ["sql": "f", "max_rows": "f", "seconds": "f"])
            return [
                DBUpdatesOpeningPage(
                    parts: parts, visitor: visitor,
                    standing: .init(enrolledAt: 1, recoveryCodesLeft: 2, isRequired: false, hasPassword: true),
                    returnTo: place, problem: "p"),
                StatementConfirmPage(
                    parts: parts, visitor: visitor,
                    run: StatementRun(id: run, statement: statement, state: .asked, createdAt: 0),
                    connection: connection),
                page(
                    .ended(.answered(Array(FakeDatabase.result.utf8))), .success(connection), .success(entries),
                    StatementDraft(statement)),
                page(.ended(.failed(failure)), .success(unready), .failure(.unreachable), StatementDraft(statement)),
                page(.running(since: 0), .failure(failure), .success([]), StatementDraft(problem: "p")),
                page(nil, .success(connection), .success([]), faulty),
            ]
        }
    }
}
