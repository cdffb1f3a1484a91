import AsyncHTTPClient
import Synchronization
import Testing

@testable import SecretStores

@Suite("Asking a store")
struct StoreClientTests {
    private static let policy = RetryPolicy()

    @Test(
        "what is asked again, and what is not",
        arguments: [
            (.answered(status: 200, isThrottled: false, retryAfter: nil), true, .accept),
            (.answered(status: 404, isThrottled: false, retryAfter: nil), true, .accept),
            (.answered(status: 403, isThrottled: false, retryAfter: nil), true, .accept),
            (.answered(status: 501, isThrottled: false, retryAfter: nil), true, .accept),
            (.answered(status: 503, isThrottled: false, retryAfter: nil), true, .pause(.milliseconds(50))),
            (.answered(status: 503, isThrottled: false, retryAfter: nil), false, .accept),
            (.answered(status: 429, isThrottled: false, retryAfter: nil), false, .pause(.milliseconds(50))),
            (.answered(status: 400, isThrottled: true, retryAfter: nil), false, .pause(.milliseconds(50))),
            (.answered(status: 429, isThrottled: false, retryAfter: 2), true, .pause(.seconds(2))),
            (.answered(status: 429, isThrottled: false, retryAfter: 60), true, .giveUp),
            (.unreachable, true, .pause(.milliseconds(50))), (.unreachable, false, .giveUp),
        ] as [(RetryPolicy.Outcome, Bool, RetryPolicy.Decision)])
    func decisions(outcome: RetryPolicy.Outcome, isRepeatable: Bool, decision: RetryPolicy.Decision) {
        let found = Self.policy.decide(
            outcome, attempt: 1, left: .seconds(10), isRepeatable: isRepeatable, random: 0.5)
        #expect(found == decision)
    }

    @Test("pauses double, up to a longest one, and end with the attempts or the deadline")
    func pauses() {
        let policy = RetryPolicy(attempts: 10)
        func pause(_ attempt: Int, left: Duration = .seconds(60)) -> RetryPolicy.Decision {
            policy.decide(.unreachable, attempt: attempt, left: left, isRepeatable: true, random: 1)
        }
        #expect((1...6).map { pause($0) } == [100, 200, 400, 800, 1600, 2000].map { .pause(.milliseconds($0)) })
        #expect(pause(10) == .giveUp)
        #expect(pause(5, left: .milliseconds(1600)) == .giveUp)
    }

    private final class Script: Sendable {
        private let answers: Mutex<[Result<StoreResponse, StoreFault>]>
        let pauses = Mutex(0)
        init(_ answers: [Result<StoreResponse, StoreFault>]) { self.answers = Mutex(answers) }

        var client: StoreClient {
            StoreClient(
                send: { _, _ throws(StoreFault) in try self.answers.withLock { $0.removeFirst() }.get() },
                pause: { _ in self.pauses.withLock { $0 += 1 } }, random: { 1 }, clock: { .now },
                deadline: .seconds(3600), patience: .seconds(1), policy: RetryPolicy())
        }
    }

    private func answer(_ status: Int) -> Result<StoreResponse, StoreFault> {
        .success(StoreResponse(status: status, headers: [], body: []))
    }

    @Test("a store that stumbles is asked until it answers")
    func stumbles() async throws {
        let script = Script([.failure(StoreFault(reason: "reset")), answer(503), answer(200)])
        let response = try await script.client.send(StoreRequest(method: "GET", url: "http://store"))
        #expect(response.status == 200)
        #expect(script.pauses.withLock { $0 } == 2)
    }

    @Test("after the last attempt its answer, or its fault, is the outcome")
    func exhausted() async throws {
        let busy = Script([answer(503), answer(503), answer(503), answer(429)])
        #expect(try await busy.client.send(StoreRequest(method: "GET", url: "http://store")).status == 429)
        let away = Script((1...4).map { .failure(StoreFault(reason: "reset \($0)")) })
        await #expect(throws: StoreFault(reason: "reset 4")) {
            try await away.client.send(StoreRequest(method: "GET", url: "http://store"))
        }
    }

    @Test("what may not be done twice is not asked for twice")
    func notRepeatable() async throws {
        let script = Script([.failure(StoreFault(reason: "reset"))])
        await #expect(throws: StoreFault.self) {
            try await script.client.send(StoreRequest(method: "POST", url: "http://store", isRepeatable: false))
        }
    }

    @Test("nothing of a request is in the fault of a connection that fails")
    func noLeak() async throws {
        let http = StoreClient.makeHTTPClient()
        let client = StoreClient(http: http, deadline: .seconds(2), patience: .seconds(1))
        let request = StoreRequest(
            method: "POST", url: "http://127.0.0.1:1/secret-path",
            headers: [(name: "Authorization", value: "Bearer secret-token")], body: Array("secret-body".utf8))
        let fault = await #expect(throws: StoreFault.self) { try await client.send(request) }
        #expect(fault?.reason.contains("secret") == false)
        try await http.shutdown()
    }
}
