import Foundation
import HTTPTypes
import HummingbirdTesting
import Synchronization
import TestSupport
import Testing

@testable import Portal

/// A gateway with a plant behind it that keeps a skill and two customers, or fails as it is told.
final class RecordPlant: Sendable {
    struct Facts: Sendable {
        var isEmpty = false
        var skill = RecordAnswers.skill()
        var customer = RecordAnswers.Standing()
        /// In place of what would be answered to a change.
        var work: UpstreamServer.Answer?
        /// In place of any answer.
        var failure: UpstreamServer.Answer?
        /// In place of what the visitor's roles may do at a plant where nobody changed it.
        var permissions: UpstreamServer.Answer?
        var export: UpstreamServer.Answer = .json(#"{"exported_at":"2026-01-01T00:00:00Z"}"#)
    }

    private let facts: Mutex<Facts>

    init(_ facts: Facts = .init()) { self.facts = Mutex(facts) }

    func set(_ change: @Sendable (inout Facts) -> Void) { facts.withLock { change(&$0) } }

    func answer(_ request: UpstreamServer.Received) -> UpstreamServer.Answer {
        let facts = facts.withLock { $0 }
        if let failure = facts.failure { return failure }
        if let own = PlantRoles.answer(request, instead: facts.permissions) { return own }
        let customer = RecordAnswers.customer(facts.customer)
        var other = RecordAnswers.Standing()
        other.id = RecordAnswers.otherID
        if request.method != "GET" {
            if let work = facts.work { return work }
            if request.method == "DELETE" { return .respond(status: 204) }
            return .json(request.path.hasPrefix("/api/v1/skills") ? facts.skill : customer)
        }
        switch request.path {
        case "/api/v1/skills": return .json(FarmAnswers.list(facts.isEmpty ? [] : [facts.skill]))
        case "/api/v1/skills/\(RecordAnswers.skillID)": return .json(facts.skill)
        case "/api/v1/customers":
            return .json(FarmAnswers.list(facts.isEmpty ? [] : [customer, RecordAnswers.customer(other)]))
        case "/api/v1/customers/\(RecordAnswers.customerID)": return .json(customer)
        case "/api/v1/customers/\(RecordAnswers.otherID)": return .json(RecordAnswers.customer(other))
        case "/api/v1/customers/\(RecordAnswers.customerID)/export": return facts.export
        case "/api/v1/farm/farms": return .json(FarmAnswers.list(facts.isEmpty ? [] : [FarmAnswers.farm]))
        default: return FakePlant.missing
        }
    }

    private static let password = "a perfectly good password"

    /// A portal before it, and somebody who is signed in there.
    /// - Parameter role: nil: the first administrator.
    static func visit(
        _ facts: Facts = .init(), as role: String? = nil,
        _ body: @Sendable @escaping (inout Browser, RecordPlant, UpstreamServer) async throws -> Void
    ) async throws {
        let plant = RecordPlant(facts)
        try await UpstreamServer.with({ plant.answer($0) }) { gateway in
            let portal = try await TestPortal(
                .platform, extra: ["PLANT_GATEWAY_URL": gateway.url, "PORTAL_SERVICE_URLS": "http://127.0.0.1:9"])
            try await portal.test { client in
                var browser = Browser(client)
                if let role {
                    try await invite(role, portal, client)
                    _ = try await browser.signIn("grace@example.com", password)
                } else {
                    _ = try await browser.signIn()
                }
                try await body(&browser, plant, gateway)
            }
        }
    }

    private static func invite(_ role: String, _ portal: TestPortal, _ client: Client) async throws {
        let root = try await client.tokens().accessToken
        _ = try await client.post(
            "invitations", #"{"email":"grace@example.com","roles":["\#(role)"]}"#, headers: client.bearer(root))
        let accepted = try await client.post(
            "invitations/accept",
            #"{"token":"\#(try await portal.mailedToken())","name":"Grace","password":"\#(password)"}"#)
        #expect(accepted.status == .created)
    }

    static let skill = "/skills/\(RecordAnswers.skillID)"
    static let customer = "/customers/\(RecordAnswers.customerID)"
}

extension UpstreamServer {
    /// What would have changed something, in order.
    var changes: [Received] { requests.filter { $0.method != "GET" } }
}

/// A form as a browser would send it back.
enum SentForm {
    /// - Parameter name: of the form on its page.
    static func fields(of name: String, in page: String) throws -> [String: String] {
        let start = try #require(page.range(of: "id=\"form-\(name)\""))
        let end = try #require(page.range(of: "</form>", range: start.upperBound..<page.endIndex))
        let html = String(page[start.upperBound..<end.lowerBound])
        var fields: [String: String] = [:]
        for match in html.matches(of: /<input[^>]*? name="([a-z_]+)"[^>]*? value="([^"]*)"/) {
            fields[String(match.1)] = plain(match.2)
        }
        for match in html.matches(of: /<textarea[^>]*? name="([a-z_]+)"[^>]*>([^<]*)</) {
            fields[String(match.1)] = plain(match.2)
        }
        for match in html.matches(of: /<select[^>]*? name="([a-z_]+)"(?s:.*?)value="([^"]*)" selected/) {
            fields[String(match.1)] = plain(match.2)
        }
        return fields
    }

    /// The members of what was sent to the plant, as text; `<null>` where one takes something away.
    static func members(_ request: UpstreamServer.Received?) throws -> [String: String] {
        let bytes = try #require(request).body
        guard !bytes.isEmpty else { return [:] }
        let object = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
        return try #require(object).mapValues { $0 is NSNull ? "<null>" : "\($0)" }
    }

    private static func plain(_ text: Substring) -> String {
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
            .reduce(String(text)) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
    }
}
