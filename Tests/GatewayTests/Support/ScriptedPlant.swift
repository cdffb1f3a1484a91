import Tokens

@testable import Gateway

/// A plant that remembers what it was asked and answers when it is told.
final class ScriptedPlant {
    private(set) var questions: [ValidationQuestion] = []
    private var unanswered: [(PlantAnswer) -> Void] = []
    /// What it answers at once; nil keeps everybody waiting.
    var immediate: ((ValidationQuestion) -> PlantAnswer)?

    static let confirmed = PlantAnswer.answered(status: 200, body: Array(TestPlant.confirmation().utf8))
    static let suspended = PlantAnswer.answered(status: 403, body: Array(#"{"code":"customer_suspended"}"#.utf8))
    static let facts = CustomerFacts(customerID: "customer-7", plan: "gold")

    func ask(_ question: ValidationQuestion, _ completion: @escaping (PlantAnswer) -> Void) {
        questions.append(question)
        if let immediate { completion(immediate(question)) } else { unanswered.append(completion) }
    }

    /// The first of what is unanswered.
    func answer(_ answer: PlantAnswer) {
        if !unanswered.isEmpty { unanswered.removeFirst()(answer) }
    }

    func answerAll(_ answer: PlantAnswer) {
        while !unanswered.isEmpty { self.answer(answer) }
    }
}

enum TestQuestion {
    /// Seconds since the epoch.
    static let now: Int64 = 1_800_000_000

    /// A new token's each time.
    static func make(
        subject: String = "user-1", customerID: String? = nil, lifetime: Int64 = 900, stale: StaleBounds = .none
    ) throws -> ValidationQuestion {
        let token = try TestTokens.token(
            subject: subject, roles: customerID == nil ? ["admin"] : ["customer"], customerID: customerID,
            issuer: customerID == nil ? "lockstep-platform" : "lockstep-customer", lifetime: lifetime, now: now)
        let verifier = TokenVerifier(ring: TestTokens.ring(), policy: VerificationPolicy())
        return ValidationQuestion(
            token: token, identity: try verifier.verify(token, now: now), requestID: "request", traceparent: "trace",
            stale: stale, now: now)
    }
}

extension ValidationQuestion {
    func after(seconds: Int64) -> ValidationQuestion {
        var later = self
        later.now += seconds
        return later
    }
}
