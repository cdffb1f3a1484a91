import Foundation
import Storage
import Synchronization
import TestSupport

@testable import Portal

/// A gateway with a plant behind it that knows one customer, and writes to it what its rules allow, as the real one does.
final class OwnPlant: Sendable {
    struct Facts: Sendable {
        var name = "Ada"
        var phone: String? = "+49 30 1234567"
        var email = "eve@example.com"
        var plan = "free"
        var trialEndsAt: String?
        var version = 1
        var farms: [String] = []
        /// In place of what would be answered to PATCH.
        var refusal: UpstreamServer.Answer?
        /// Somebody else's change, just before the next PATCH.
        var meanwhile: (@Sendable (inout Facts) -> Void)?
        /// In place of any answer.
        var failure: UpstreamServer.Answer?
    }

    private let facts: Mutex<Facts>

    init(_ facts: Facts = .init()) { self.facts = Mutex(facts) }

    var now: Facts { facts.withLock { $0 } }
    func set(_ change: @Sendable (inout Facts) -> Void) { facts.withLock { change(&$0) } }

    func answer(_ request: UpstreamServer.Received) -> UpstreamServer.Answer {
        facts.withLock { facts in
            if let failure = facts.failure { return failure }
            switch (request.method, request.path) {
            case ("GET", "/api/v1/customers"): return .json(FarmAnswers.list([Self.json(facts)]))
            case ("PATCH", "/api/v1/customers/c-1"): return Self.patch(request, &facts)
            case ("GET", "/api/v1/farm/farms"): return .json(FarmAnswers.list(facts.farms))
            default: return FakePlant.missing
            }
        }
    }

    private static func patch(_ request: UpstreamServer.Received, _ facts: inout Facts) -> UpstreamServer.Answer {
        if let meanwhile = facts.meanwhile {
            facts.meanwhile = nil
            meanwhile(&facts)
        }
        if let refusal = facts.refusal { return refusal }
        guard request.values("If-Match") == ["\"v\(facts.version)\""] else {
            return .json(FarmAnswers.problem(412, "precondition_failed", "It was changed."), status: 412)
        }
        guard let body = try? JSONDecoder().decode([String: String?].self, from: Data(request.body)) else {
            return .json(FarmAnswers.problem(400, "malformed_request", ""), status: 400)
        }
        if let name = body["name"] { facts.name = name ?? "" }
        if let phone = body["phone"] { facts.phone = phone }
        if let email = body["email"] { facts.email = email ?? "" }
        facts.version += 1
        return .json(json(facts))
    }

    private static func json(_ facts: Facts) -> String {
        """
        {"id":"c-1","user_id":"u-1","name":\(FarmAnswers.quoted(facts.name)),"email":\(FarmAnswers.quoted(facts.email)),
        "phone":\(facts.phone.map(FarmAnswers.quoted) ?? "null"),"notes":null,"plan":\(FarmAnswers.quoted(facts.plan)),
        "status":"active","duplicate_of":null,"suspension_reason":null,
        "trial_ends_at":\(facts.trialEndsAt.map(FarmAnswers.quoted) ?? "null"),"version":\(facts.version),
        "created_at":"2026-01-01T08:00:00Z","updated_at":"2026-01-01T08:00:00Z"}
        """
    }

    /// Somebody who is signed in at a customer portal before it.
    static func visit(
        _ facts: Facts = .init(), isVerified: Bool = true, role: String = "customer",
        _ body: @Sendable @escaping (inout Browser, OwnPlant, UpstreamServer) async throws -> Void
    ) async throws {
        let plant = OwnPlant(facts)
        try await UpstreamServer.with({ plant.answer($0) }) { gateway in
            let portal = try await TestPortal(
                .customer, extra: ["PLANT_GATEWAY_URL": gateway.url, "PORTAL_SERVICE_URLS": "http://127.0.0.1:9"])
            try await portal.test { client in
                var browser = Browser(client, kind: .customer)
                _ = try await client.register("eve@example.com", name: "Eve")
                try await portal.database.write {
                    _ = try await $0.execute("UPDATE users SET roles = ?", [.text(role)])
                }
                if isVerified {
                    try await portal.database.write {
                        _ = try await $0.execute("UPDATE users SET email_verified_at = 1", [])
                    }
                }
                _ = try await browser.signIn("eve@example.com", TestPortal.customerPassword)
                try await body(&browser, plant, gateway)
            }
        }
    }
}
