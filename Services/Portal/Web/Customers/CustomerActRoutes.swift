import HTTPTypes
import Hummingbird
import ServerKit

/// What is done to a customer: a page that says what it means, and its form, which does it.
struct CustomerActRoutes: Sendable {
    let routes: CustomerRoutes

    private var parts: WebParts { routes.parts }

    func add(to visitors: VisitorRoutes) {
        for act in CustomerAct.allCases {
            let path = RouterPath("customers/:customer/\(act.segment)")
            visitors.get(path, .customers) { request, visitor, context in
                let id = try CustomerRoutes.id(context)
                return try await parts.withPlant(visitor) {
                    try routes.require(await routes.rights(of: visitor).may(act))
                    guard act == .merge else { return try await asking(act, of: id, visitor) }
                    let query = request.sentQuery
                    let into = RecordID(query["into"])
                    if let into { return try await asking(act, of: id, into: into, visitor) }
                    return try await choosing(id, visitor, words: query.given("q"))
                }
            }
            visitors.post(path, .customers, FieldSet.self) { typed, visitor, context in
                try await perform(act, on: try CustomerRoutes.id(context), typed, visitor)
            }
        }
    }

    /// - Parameter words: nil: nothing is looked for yet.
    private func choosing(_ id: RecordID, _ visitor: Visitor, words: String?) async throws -> Response {
        let book = routes.book(visitor)
        let customer = try await book.customer(id)
        let search = BoundedText.line(words ?? "", maximumBytes: 100)
        return try parts.pages.response(
            CustomerMergePage(
                parts: parts, visitor: visitor, customer: customer, search: search,
                found: search.isEmpty ? nil : try await book.found(by: search)))
    }

    private func asking(
        _ act: CustomerAct, of id: RecordID, into: RecordID? = nil, _ visitor: Visitor, attempt: FormAttempt? = nil,
        status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let book = routes.book(visitor)
        let texts = parts.texts
        let customer = try await book.customer(id)
        var target: CustomerDocument?
        if let into { target = try await book.customer(into) }
        let names = ["name": customer.name, "target": target?.name ?? ""]
        let attempt = RecordVersion.comparing(attempt, with: [:], version: customer.version, texts)
        return try parts.pages.response(
            RecordFormPage(
                frame: parts.frame(texts["confirm.title"], for: visitor), back: CustomerForms.address(customer.id),
                backLabel: customer.name, heading: texts("customers.question_\(act.rawValue)", names),
                said: [texts("customers.means_\(act.rawValue)", names)],
                facts: Self.facts(customer, into: target, texts),
                form: CustomerForms(texts: texts, visitor: visitor).asking(act, of: customer, into: target, attempt)),
            status: status)
    }

    /// Whom it concerns, so that nobody takes one for another.
    private static func facts(
        _ customer: CustomerDocument, into target: CustomerDocument?, _ texts: Texts
    ) -> [AccountPage.Fact] {
        var facts = [
            AccountPage.Fact(texts["field.email"], customer.email), .init(texts["customers.plan"], customer.plan),
            .init(texts["customers.status"], CustomerStanding.word(customer.status, texts)),
        ]
        if let target { facts.append(.init(texts["customers.into"], "\(target.name) (\(target.email))")) }
        return facts
    }

    private func perform(
        _ act: CustomerAct, on id: RecordID, _ typed: FieldSet, _ visitor: Visitor
    ) async throws -> Response {
        let reading = CustomerForms.asking(act, typed, parts.texts, now: visitor.now)
        let into = act == .merge ? RecordID(typed["into"]) : nil
        guard act != .merge || into != nil else {
            return WebAnswers.redirect(to: CustomerForms.address(id.text, .merge))
        }
        let work = RecordWork(parts: parts, visitor: visitor, form: CustomerForms.form(act), typed: typed)
        return try await work.submit(
            faults: reading.faults,
            again: { try await asking(act, of: id, into: into, visitor, attempt: $0, status: $1) },
            work: { change async throws(PlantFailure) in
                try await routes.book(visitor).perform(act, on: id, reading.body, change)
                return Self.after(act, id, into) + "?notice=customer_\(act.rawValue)"
            })
    }

    /// Where one goes when it is done: what is gone has no page.
    private static func after(_ act: CustomerAct, _ id: RecordID, _ into: RecordID?) -> String {
        switch act {
        case .suspend, .reactivate, .plan, .trial, .endTrial: CustomerForms.address(id.text)
        case .merge: CustomerForms.address(into?.text ?? "")
        case .remove, .erase: CustomerForms.address
        }
    }
}
