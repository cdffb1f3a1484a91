import HTTPKit
import HTTPTypes
import Hummingbird
import ServerKit
import ServiceKit

/// DB updates, in a browser (docs/decisions/0005): opened by the password once more, a statement at a time, and what was
/// answered. Statements are named by their run, or by their place in the plant's audit log, in every address; what they say
/// is in forms' bodies and in the database alone.
struct DBUpdatesPages: AreaPages {
    let parts: WebParts
    let plant: PlantAPI
    let openings: DBUpdatesOpenings
    let runs: StatementRuns
    let secondFactors: SecondFactorService
    let clock: WallClock

    typealias Opening = DBUpdatesOpenings.Opening

    /// Of the form with a statement: each byte may be written as three, and a line break is two.
    static let formBytes = 6 * Statement.maximumBytes + 4096

    func add(to visitors: VisitorRoutes) {
        visitors.get("db-updates", .dbUpdates) { request, visitor in
            try await whenOpen(visitor, request) { opening in
                let draft = try await draft(for: request, visitor)
                return try await editor(visitor, opening, draft, notice: request.notice)
            }
        }
        visitors.post("db-updates/open", .dbUpdates, OpeningForm.self) { form, visitor, _ in
            try await open(form, visitor)
        }
        visitors.post("db-updates/close", .dbUpdates, NoFields.self) { _, visitor, _ in
            try await openings.close(visitor)
            return WebAnswers.redirect(to: "/db-updates?notice=db_updates_closed")
        }
        visitors.post("db-updates/runs", .dbUpdates, StatementForm.self, maximumBytes: Self.formBytes) {
            form, visitor, _ in try await ask(form, visitor)
        }
        visitors.get("db-updates/runs/:run", .dbUpdates) { request, visitor, context in
            try await whenOpen(visitor, request) { try await show(try Self.id(context), visitor, $0) }
        }
        visitors.live("db-updates/runs/:run/live", .dbUpdates) { visitor, context in
            let id = try Self.id(context)
            // For pages of what runs: it may have ended since the page was made.
            return LiveNews(every: .seconds(1), shown: .running) { [runs, clock] in
                try await runs.stage(of: id, for: visitor, now: clock.now())
            }
        }
        visitors.post("db-updates/runs/:run/confirm", .dbUpdates, NoFields.self) { _, visitor, context in
            try await confirm(try Self.id(context), visitor)
        }
        visitors.get("db-updates/runs/:run/csv", .dbUpdates) { request, visitor, context in
            try await whenOpen(visitor, request) { _ in
                let isExact = request.sentQuery["exact"] == "1"
                return try await file(try Self.id(context), visitor, guardsFormulas: !isExact)
            }
        }
    }

    private static func id(_ context: AppContext) throws -> RecordID {
        guard let id = context.parameters.get("run").flatMap({ RecordID($0) }) else {
            throw Refusal(.notFound, "There is no such page.")
        }
        return id
    }

    static func address(_ run: RecordID) -> String { "/db-updates/runs/\(run.text)" }

    // MARK: Opening

    private func whenOpen(
        _ visitor: Visitor, _ request: Request, _ page: (Opening) async throws -> Response
    ) async throws -> Response {
        guard let opening = try await openings.current(visitor) else {
            return try await closed(visitor, returnTo: request.uri.string, notice: request.notice)
        }
        return try await page(opening)
    }

    private func closed(
        _ visitor: Visitor, returnTo: String, refusal: Refusal? = nil, notice: String? = nil
    ) async throws -> Response {
        var headers: HTTPFields = [:]
        if let seconds = refusal?.retryAfter { headers[.retryAfter] = String(seconds) }
        return try parts.pages.response(
            DBUpdatesOpeningPage(
                parts: parts, visitor: visitor, standing: try await secondFactors.standing(of: visitor.user),
                returnTo: OpeningForm.place(returnTo), problem: refusal?.detail ?? "", notice: notice),
            status: refusal?.code.status ?? .ok, headers: headers)
    }

    private func open(_ form: OpeningForm, _ visitor: Visitor) async throws -> Response {
        let refusal: Refusal
        do {
            try form.password?.checkBound()
            try await openings.open(visitor, password: form.password, answer: form.answer)
            return WebAnswers.redirect(to: OpeningForm.place(form.returnTo ?? "").text)
        } catch let failure as DBUpdatesTokens.Failure {
            refusal = Refusal(failure)
        } catch let failure as LoginService.Failure {
            refusal = Refusal(confirming: failure)
        } catch let bound as Refusal {
            refusal = bound
        }
        return try await closed(visitor, returnTo: form.returnTo ?? "", refusal: refusal)
    }

    // MARK: Statements

    private func ask(_ form: StatementForm, _ visitor: Visitor) async throws -> Response {
        let (statement, faults) = form.read(parts.texts)
        let opening = try await openings.current(visitor)
        guard faults.isEmpty else {
            guard let opening else { return try await closed(visitor, returnTo: "") }
            return try await editor(
                visitor, opening, StatementDraft(form, faults: faults), status: .unprocessableContent)
        }
        let id = try await runs.ask(statement, by: visitor)
        if let opening, statement.isRead { try await run(id, statement, visitor, opening) }
        return WebAnswers.redirect(to: Self.address(id))
    }

    private func confirm(_ id: RecordID, _ visitor: Visitor) async throws -> Response {
        if let opening = try await openings.current(visitor), let asked = try await runs.find(id, for: visitor) {
            try await run(id, asked.statement, visitor, opening)
        }
        // Where it was run before, where it can't be any more, and where the password is asked for: the page says so.
        return WebAnswers.redirect(to: Self.address(id))
    }

    /// Once, however often it is asked for.
    private func run(_ id: RecordID, _ statement: Statement, _ visitor: Visitor, _ opening: Opening) async throws {
        guard try await runs.begin(id, by: visitor) else { return }
        let client = StatementClient(plant: plant, visitor: visitor, opening: opening)
        // The browser may be gone by now, and its task cancelled with it: what was begun is told all the same.
        try await Task { try await runs.end(id, await client.run(statement), by: visitor) }.value
    }

    private func show(_ id: RecordID, _ visitor: Visitor, _ opening: Opening) async throws -> Response {
        guard let run = try await runs.find(id, for: visitor) else {
            return try await editor(
                visitor, opening, StatementDraft(problem: parts.texts["sql.gone"]), status: .notFound)
        }
        if case .asked = run.state {
            let connection = await connection(visitor, opening)
            return try parts.pages.response(
                StatementConfirmPage(parts: parts, visitor: visitor, run: run, connection: try? connection.get()))
        }
        return try await editor(visitor, opening, StatementDraft(run.statement), run: run)
    }

    private func file(_ id: RecordID, _ visitor: Visitor, guardsFormulas: Bool) async throws -> Response {
        guard let run = try await runs.find(id, for: visitor), case .ended(.answered(let json)) = run.state,
            let result = ResultDocument(json: json)
        else { throw Refusal(.notFound, parts.texts["sql.gone"]) }
        var headers = HTTPFields()
        for (name, value) in Pages.headers { headers[name] = value }
        headers[.contentType] = "text/csv; charset=utf-8; header=present"
        headers[.contentDisposition] = "attachment; filename=\"db-updates-\(run.createdAt).csv\""
        let bytes = StatementCSV(guardsFormulas: guardsFormulas).bytes(result)
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    // MARK: The page

    /// What stands in the editor: the statement of a run, or of an entry of the audit log.
    private func draft(for request: Request, _ visitor: Visitor) async throws -> StatementDraft {
        let asked = request.sentQuery
        if let id = RecordID(asked["run"]) {
            return try await runs.find(id, for: visitor).map { StatementDraft($0.statement) }
                ?? StatementDraft(problem: parts.texts["sql.gone"])
        }
        guard let position = Int64(asked["entry"]) else { return StatementDraft() }
        let entry = try? await StatementLog(plant: plant, visitor: visitor).entry(at: position)
        guard let entry else { return StatementDraft(problem: parts.texts["sql.no_entry"]) }
        return StatementDraft(entry, parts.texts)
    }

    private func editor(
        _ visitor: Visitor, _ opening: Opening, _ draft: StatementDraft, run: StatementRun? = nil,
        notice: String? = nil, status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        async let connection = connection(visitor, opening)
        async let history = history(visitor)
        return try parts.pages.response(
            DBUpdatesPage(
                parts: parts, visitor: visitor, opening: opening, draft: draft, run: run,
                connection: await connection, history: await history, notice: notice), status: status)
    }

    private func history(_ visitor: Visitor) async -> Result<[StatementLog.Entry], PlantFailure> {
        do throws(PlantFailure) {
            return .success(try await StatementLog(plant: plant, visitor: visitor).latest())
        } catch {
            return .failure(error)
        }
    }

    private func connection(
        _ visitor: Visitor, _ opening: Opening
    ) async -> Result<ConnectionDocument, StatementFailure> {
        if let document = opening.connection.flatMap({ ConnectionDocument(json: $0) }) { return .success(document) }
        do throws(StatementFailure) {
            let json = try await StatementClient(plant: plant, visitor: visitor, opening: opening).connection()
            guard let document = ConnectionDocument(json: json) else { throw .unreadable }
            // What is to be mended is looked at again. That it can't be kept costs another look.
            if document.isReady { try? await openings.keep(connection: json, for: visitor) }
            return .success(document)
        } catch {
            return .failure(error)
        }
    }
}
