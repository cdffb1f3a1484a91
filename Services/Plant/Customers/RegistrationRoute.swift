import Contracts
import HTTPKit
import Hummingbird
import Logging
import PlantKit
import ServerKit

/// `POST /internal/v1/customers`: 201 for a new customer, 200 for one that was here, 409 for a contradiction.
struct RegistrationRoute: Sendable {
    let registration: Registration

    struct Answer: Codable, Equatable, Sendable {
        var customerID: String
        /// `created` or `known`
        var status: String
        var duplicateOf: String?

        enum CodingKeys: String, CodingKey {
            case status
            case customerID = "customer_id"
            case duplicateOf = "duplicate_of"
        }
    }

    func add(to group: RouterGroup<AppContext>) {
        group.post("customers") { request, context in
            let event = try Self.checked(
                await JSONBody.decode(CustomerRegistration.self, from: request, context: context))
            switch try await registration.register(event, requestID: context.requestID) {
            case .created(let duplicateOf):
                context.logger.info(
                    "A user became a customer",
                    metadata: ["customer": "\(event.customerID)", "duplicate_of": "\(duplicateOf ?? "-")"])
                return try JSONBody.response(
                    Answer(customerID: event.customerID, status: "created", duplicateOf: duplicateOf), status: .created)
            case .known:
                return try JSONBody.response(Answer(customerID: event.customerID, status: "known"))
            case .contradicts(let reason):
                throw Refusal(.conflict, "Registration refused: \(reason).", cause: "event \(event.eventID)")
            }
        }
    }

    /// Bounds, laxer than those for operators: the portal has let this person in, and nobody is to be lost over an
    /// unusual name.
    static func checked(_ event: CustomerRegistration) throws(Refusal) -> CustomerRegistration {
        var faults: [String: String] = [:]
        for (field, value) in [
            ("event_id", event.eventID), ("customer_id", event.customerID), ("user_id", event.userID),
        ] where !TextRule.isIdentifier(value) {
            faults[field] = "is no identifier (1–128 of A–Z, a–z, 0–9, ., _ and -)"
        }
        if TextRule.problem(in: event.email, length: 3...320, multiline: false) != nil || !event.email.contains("@") {
            faults["email"] = "is no email address"
        }
        guard faults.isEmpty else {
            throw Refusal(.invalidInput, "The registration can't be accepted.", fields: faults)
        }
        var event = event
        let printable = String(
            String.UnicodeScalarView(
                event.name.unicodeScalars.filter { $0.properties.generalCategory != .control }.prefix(200)))
        let name = printable.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        event.name = name.isEmpty ? String(event.email.prefix { $0 != "@" }) : name
        return event
    }
}
