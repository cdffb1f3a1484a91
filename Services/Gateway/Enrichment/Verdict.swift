import Contracts
package import HTTPKit
import HTTPTypes
import Secrets

/// What the plant answered to a validation, as bytes; or why it did not.
package enum PlantAnswer: Sendable, Equatable {
    case answered(status: Int, body: [UInt8])
    /// Timeout, no connection, closed early, too long, no room: told for the log.
    case failed(String)
    /// The gateway lacks something that the plant wants: says nothing about the plant.
    case notAsked(String)
}

/// What a validation comes to (DESIGN §6).
package enum Verdict: Sendable, Equatable {
    case confirmed(CustomerFacts)
    /// 401 or 403, with the plant's own code.
    case refused(ProblemCode, plantCode: String)
    /// 503, or without customer headers where failure mode is `open`.
    case unavailable(String)

    /// - Parameter userID: whom this gateway verified; an answer about somebody else is no answer.
    package init(_ answer: PlantAnswer, userID: String) {
        switch answer {
        case .failed(let reason), .notAsked(let reason): self = .unavailable(reason)
        case .answered(200, let body): self = Self.confirmation(body, userID: userID)
        case .answered(401, let body): self = Self.refusal(body)
        case .answered(404, let body):
            self = .refused(.customerUnknown, plantCode: Self.code(body) ?? "no code")
        case .answered(403, let body):
            let code = Self.code(body)
            self =
                code == ProblemCode.customerSuspended.rawValue
                ? .refused(.customerSuspended, plantCode: ProblemCode.customerSuspended.rawValue)
                // Cloud Run IAM and the like: not a word about the customer.
                : .unavailable("the plant answered 403 (\(code ?? "no code"))")
        case .answered(let status, _): self = .unavailable("the plant answered \(status)")
        }
    }

    private static func confirmation(_ body: [UInt8], userID: String) -> Verdict {
        guard let token = ValidatedTokenReader.read(body) else {
            return .unavailable("the plant's answer is not the body of a validation")
        }
        guard token.valid else { return .unavailable("the plant answered 200 with valid: false") }
        // Older plants leave user_id out.
        guard token.userID.isEmpty || token.userID == userID else {
            return .unavailable("the plant's answer speaks of another user")
        }
        return .confirmed(CustomerFacts(customerID: token.customerID, plan: token.plan))
    }

    private static func refusal(_ body: [UInt8]) -> Verdict {
        let text = code(body)
        let code = text.flatMap(ProblemCode.init(rawValue:)).flatMap { $0.status.code == 401 ? $0 : nil }
        // A plant that names no code (an older one) still says no.
        return .refused(code ?? .badSignature, plantCode: text ?? "no code")
    }

    private static func code(_ body: [UInt8]) -> String? {
        guard let json = try? StrictJSON(body), let node = json.member(json.root, "code"),
            let code = json.string(node), !code.isEmpty, code.utf8.count <= 64,
            code.utf8.allSatisfy({ $0 >= 0x61 && $0 <= 0x7A || $0 == 0x5F })
        else { return nil }
        return code
    }
}

/// `ValidatedToken` by the small strict reader: no Foundation on this path.
enum ValidatedTokenReader {
    /// `valid`, `customer_id` and `email` must be there (what older plants answer); the rest has a harmless value when it
    /// is not. Members of the wrong kind make the whole body garbage.
    static func read(_ body: [UInt8]) -> ValidatedToken? {
        guard let json = try? StrictJSON(body), json.kind(json.root) == .object else { return nil }
        guard let valid = json.member(json.root, "valid"), let isValid = bool(json, valid),
            let customer = json.member(json.root, "customer_id"), let customerID = optionalText(json, customer),
            let emailNode = json.member(json.root, "email"), let email = json.string(emailNode)
        else { return nil }
        var token = ValidatedToken(
            valid: isValid, customerID: customerID, email: email, userID: "", roles: [], plan: nil, kid: "",
            expiresAt: 0)
        if let node = json.member(json.root, "user_id") {
            guard let text = json.string(node) else { return nil }
            token.userID = text
        }
        if let node = json.member(json.root, "plan") {
            guard let plan = optionalText(json, node) else { return nil }
            token.plan = plan
        }
        if let node = json.member(json.root, "roles") {
            guard json.kind(node) == .array else { return nil }
            for element in json.elements(node) {
                guard let role = json.string(element) else { return nil }
                token.roles.append(role)
            }
        }
        if let node = json.member(json.root, "kid") { token.kid = json.string(node) ?? "" }
        if let node = json.member(json.root, "expires_at") {
            guard let seconds = json.floor(node) else { return nil }
            token.expiresAt = seconds
        }
        return token
    }

    private static func bool(_ json: StrictJSON, _ node: StrictJSON.Node) -> Bool? {
        switch json.kind(node) {
        case .true: true
        case .false: false
        default: nil
        }
    }

    /// Outer nil: neither text nor null. An empty text counts as null.
    private static func optionalText(_ json: StrictJSON, _ node: StrictJSON.Node) -> String?? {
        if json.kind(node) == .null { return .some(nil) }
        guard let text = json.string(node) else { return nil }
        return .some(text.isEmpty ? nil : text)
    }
}
