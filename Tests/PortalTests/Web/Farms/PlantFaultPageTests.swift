import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import Portal

@Suite struct PlantFaultPageTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var answer: UpstreamServer.Answer
        var status: HTTPResponse.Status
        /// What the page says.
        var says: String
        var leadsToKeys = false
    }

    private static func problem(_ status: Int, _ code: String, _ detail: String = "") -> UpstreamServer.Answer {
        .json(FarmAnswers.problem(status, code, detail), status: status)
    }

    static let cases = [
        Case(
            testDescription: "another key", answer: problem(401, "unknown_key"), status: .badGateway,
            says: "refuses this portal’s tokens", leadsToKeys: true),
        Case(
            testDescription: "a code nobody knows", answer: problem(401, "<b>"), status: .badGateway, says: "unknown",
            leadsToKeys: true),
        Case(
            testDescription: "a session that was ended", answer: problem(401, "revoked"), status: .badGateway,
            says: "Sign out, and sign in again"),
        Case(
            testDescription: "no permission", answer: problem(403, "forbidden"), status: .forbidden,
            says: "do not allow this"),
        Case(
            testDescription: "a suspended customer", answer: problem(403, "customer_suspended"), status: .forbidden,
            says: "suspended"),
        Case(
            testDescription: "nothing there", answer: problem(404, "not_found", "There is no such farm."),
            status: .notFound, says: "There is no such farm."),
        Case(
            testDescription: "too many requests",
            answer: .respond(
                status: 429, headers: [("Retry-After", "7")],
                body: Array(FarmAnswers.problem(429, "rate_limited").utf8)), status: .tooManyRequests,
            says: "Try again in 7 s."),
        Case(
            testDescription: "the plant is down", answer: problem(503, "unavailable"), status: .serviceUnavailable,
            says: "Try again in 5 s."),
        Case(
            testDescription: "something broke", answer: problem(500, "internal_error"), status: .badGateway,
            says: "internal_error"),
        Case(
            testDescription: "nobody answers", answer: .close, status: .badGateway, says: "can’t reach the gateway",
            leadsToKeys: true),
        Case(
            testDescription: "another program", answer: .json("[]"), status: .badGateway, says: "is not the plant’s API"
        ),
        Case(
            testDescription: "an answer without end", answer: .stream(bytes: 8 * 1024 * 1024), status: .badGateway,
            says: "is not the plant’s API"),
    ]

    @Test("every way in which the plant fails is told, with what to do", arguments: cases)
    func told(each: Case) async throws {
        try await FakePlant.visit { browser, plant, _ in
            plant.set { $0.failure = each.answer }
            let page = try await browser.get("/farms")
            #expect(page.status == each.status)
            #expect(page.text.contains(each.says))
            #expect(page.text.contains("class=\"button\" href=\"/keys\"") == each.leadsToKeys)
            // The frame stays: menu, name, sign out.
            #expect(page.text.contains("aria-current=\"page\">Farms"))
            #expect(
                page.headers[.retryAfter]
                    == (each.status == .tooManyRequests ? "7" : each.status == .serviceUnavailable ? "5" : nil))
            #expect(!page.text.contains("<b>"))
        }
    }

    @Test("a customer is not led to keys, which are not theirs")
    func customer() async throws {
        try await FakePlant.visit(kind: .customer) { browser, plant, _ in
            plant.set { $0.failure = Self.problem(401, "unknown_key") }
            let page = try await browser.get("/farms")
            #expect(page.status == .badGateway)
            #expect(!page.text.contains("/keys"))
        }
    }
}
