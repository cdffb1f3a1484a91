import PlantKit
import ServiceKit
import Storage

/// All that is kept about a customer, as one document.
struct CustomerExport: Sendable {
    /// The newest of its validation records; how many there are is told beside.
    static let validations: Int64 = 10_000
    private static let registrations: Int64 = 1000

    let hooks: CustomerHooks

    /// - Parameter customer: what the caller may see of it.
    /// - Throws: `CustomerHooks.Fault`.
    func document(
        of customer: Customer, now: Int64, in transaction: any SQLTransaction
    ) async throws -> OrderedJSON {
        let modules = try await hooks.export(customer.id, in: transaction)
        let sources = try await CustomerLookup.sources(of: customer.id, in: transaction)
        let ids = [customer.id] + sources.map(\.id)
        let (records, total) = try await validations(of: ids, in: transaction)
        return [
            "exported_at": Self.moment(now),
            "customer": OrderedJSON(try JSONValue(encoding: customer)),
            "merged": .array(sources.map { ["id": .text($0.id), "user_id": Self.text($0.user)] }),
            "registrations": .array(try await registrations(of: ids, in: transaction)),
            "validations": ["total": .integer(total), "newest": .array(records)],
            "modules": .object(
                modules.compactMap { part in
                    part.value.map { OrderedJSON.Member(part.module, OrderedJSON($0)) }
                }),
            "modules_not_asked": .array(hooks.notAsked.map { .text($0) }),
        ]
    }

    private func registrations(
        of ids: [String], in transaction: any SQLTransaction
    ) async throws -> [OrderedJSON] {
        try await transaction.query(
            """
            SELECT event_id, customer_id, user_id, registered_at, received_at FROM customer_registrations \
            WHERE customer_id IN (\(Self.marks(ids))) ORDER BY received_at, event_id LIMIT ?
            """, ids.map(SQLValue.text) + [.integer(Self.registrations)]
        ).map { row in
            [
                "event_id": .text(try row.text("event_id")), "customer_id": .text(try row.text("customer_id")),
                "user_id": .text(try row.text("user_id")),
                "registered_at": Self.moment(try row.integer("registered_at")),
                "received_at": Self.moment(try row.integer("received_at")),
            ]
        }
    }

    private func validations(
        of ids: [String], in transaction: any SQLTransaction
    ) async throws -> (newest: [OrderedJSON], total: Int64) {
        let condition = "customer_id IN (\(Self.marks(ids)))"
        let total = try await transaction.query(
            "SELECT COUNT(*) AS total FROM validation_audit WHERE \(condition)", ids.map(SQLValue.text)
        )[0].integer("total")
        let records = try await transaction.query(
            """
            SELECT id, at, request_id, outcome, token_source, subject, issuer, kid FROM validation_audit \
            WHERE \(condition) ORDER BY at DESC, id LIMIT ?
            """, ids.map(SQLValue.text) + [.integer(Self.validations)]
        ).map { row -> OrderedJSON in
            [
                "at": Self.moment(try row.integer("at")), "request_id": .text(try row.text("request_id")),
                "outcome": .text(try row.text("outcome")), "token_source": .text(try row.text("token_source")),
                "subject": Self.text(try row.optionalText("subject")),
                "issuer": Self.text(try row.optionalText("issuer")), "kid": Self.text(try row.optionalText("kid")),
            ]
        }
        return (records, total)
    }

    private static func marks(_ ids: [String]) -> String { ids.map { _ in "?" }.joined(separator: ", ") }

    private static func moment(_ seconds: Int64) -> OrderedJSON { .text(Timestamp(seconds: seconds).text) }

    private static func text(_ text: String?) -> OrderedJSON { text.map(OrderedJSON.text) ?? .null }
}

extension OrderedJSON {
    /// Members by name, so that the same document is the same bytes.
    init(_ value: JSONValue) {
        switch value {
        case .null: self = .null
        case .bool(let bool): self = .bool(bool)
        case .integer(let integer): self = .integer(integer)
        case .otherNumber(let text): self = Double(text).map(OrderedJSON.number) ?? .null
        case .text(let text): self = .text(text)
        case .array(let elements): self = .array(elements.map(OrderedJSON.init))
        case .object(let members):
            self = .object(members.sorted { $0.key < $1.key }.map { Member($0.key, OrderedJSON($0.value)) })
        }
    }
}
