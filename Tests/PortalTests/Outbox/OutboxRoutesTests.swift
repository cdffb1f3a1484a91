import Contracts
import Foundation
import HTTPTypes
import HummingbirdTesting
import ServiceKit
import Storage
import TestSupport
import Testing

@testable import Portal

@Suite("The outbox, for operators") struct OutboxRoutesTests {
    private static let uri = "/internal/v1/outbox"
    private static let operators: HTTPFields = [.authorization: "Bearer internal-token-internal-token-internal"]

    /// Settles what is due with what the plant would answer.
    private func deliver(_ portal: TestPortal, _ answer: OutboxPacing.Answer) async throws {
        let worker = OutboxWorker(
            store: portal.stores.outbox, deliver: { _ in answer },
            entropy: Entropy { [UInt8](repeating: 0, count: $0) }, clock: WallClock { portal.clock.now },
            logger: portal.log.logger)
        var pacing = OutboxPacing()
        _ = await worker.step(&pacing)
    }

    private func list(_ client: Client) async throws -> Page<OutboxRoutes.Document> {
        try await client.send(.get, Self.uri, headers: Self.operators).json()
    }

    @Test("a rejected registration is shown, without the email, and delivered once it is tried again")
    func retried() async throws {
        let portal = try await TestPortal(.customer)
        try await portal.test { client in
            _ = try await client.register("ada@example.com")
            try await deliver(portal, .status(422))
            _ = try await client.register("bob@example.com")
            let answer = try await client.send(.get, Self.uri, headers: Self.operators)
            #expect(!answer.text.contains("example.com"))
            let page = try await list(client)
            #expect(page.total == 2)
            #expect(page.data.map(\.status) == ["rejected", "pending"])
            let rejected = try #require(page.data.first)
            #expect(rejected.attempts == 1)
            #expect(rejected.lastError?.contains("422") == true)
            #expect(rejected.customerID != nil)

            let retry = "\(Self.uri)/\(rejected.eventID)/retry"
            #expect(try await client.send(.post, retry, headers: Self.operators).status == .accepted)
            #expect(try await portal.audited(.outboxRetried) == 1)
            #expect(try await list(client).data.map(\.status) == ["pending", "pending"])
            #expect(try await client.send(.post, retry, headers: Self.operators).code == "conflict")
            try await deliver(portal, .status(201))
            #expect(try await list(client).data.isEmpty)
            #expect(try await client.send(.post, retry, headers: Self.operators).code == "conflict", "delivered")
        }
    }

    @Test("what is no message is not found, whatever it is called", arguments: ["e-9", "%25", "%27%20OR%201=1"])
    func unknown(_ id: String) async throws {
        try await TestPortal(.customer).test { client in
            let answer = try await client.send(.post, "\(Self.uri)/\(id)/retry", headers: Self.operators)
            #expect(answer.code == "not_found")
        }
    }

    @Test("it is for the internal token alone")
    func locked() async throws {
        let portal = try await TestPortal(.customer)
        try await portal.test { client in
            _ = try await client.register("ada@example.com")
            let session = try await client.tokens("ada@example.com", TestPortal.customerPassword)
            try await deliver(portal, .status(422))
            let id = try #require(try await list(client).data.first?.eventID)
            for headers in [[:], client.bearer(session.accessToken)] {
                #expect(try await client.send(.get, Self.uri, headers: headers).status == .unauthorized)
                let answer = try await client.send(.post, "\(Self.uri)/\(id)/retry", headers: headers)
                #expect(answer.status == .unauthorized)
            }
            #expect(try await list(client).data.map(\.status) == ["rejected"])
        }
    }
}
