import Contracts
import HTTPKit
import Testing

@testable import Gateway

@Suite("A revoked token at the gateway", .timeLimit(.minutes(10)))
struct RevocationTests {
    private static let now: Int64 = 1_800_000_000

    private static func event(_ subject: Revocation.Subject, issuer: String = "lockstep-platform") -> Revocation {
        Revocation(id: "e", issuer: issuer, event: .sessionRevoked, subject: subject, occurredAt: now)
    }

    @Test(
        "is refused from the next request on, though it was verified and remembered before",
        arguments: [
            event(.session(id: "session-1", user: "user-1")), event(.user("user-1")),
        ])
    func refused(_ revocation: Revocation) throws {
        let gateway = try EmbeddedGateway()
        let client = try gateway.client()
        try client.receive(try gateway.request("GET"))
        #expect(gateway.upstreams.count == 1)
        gateway.loop.revoke(.revoked(revocation, expiresAt: Self.now + 900))
        let second = try gateway.client()
        try second.receive(try gateway.request("GET"))
        let answer = try second.written()
        #expect(answer.hasPrefix("HTTP/1.1 401 "))
        #expect(answer.contains(#""code":"revoked""#))
        #expect(answer.contains("error=\"invalid_token\""))
        #expect(gateway.upstreams.count == 1)
    }

    @Test(
        "others pass",
        arguments: [
            event(.session(id: "session-2", user: "user-1")), event(.user("user-2")),
            event(.user("user-1"), issuer: "lockstep-customer"), event(.customer(id: "c", user: nil)),
        ])
    func others(_ revocation: Revocation) throws {
        let gateway = try EmbeddedGateway()
        gateway.loop.revoke(.revoked(revocation, expiresAt: Self.now + 900))
        let client = try gateway.client()
        try client.receive(try gateway.request("GET"))
        #expect(gateway.upstreams.count == 1)
        #expect(try client.written().isEmpty)
    }

    @Test("is refused by a loop that came later and was given what was known")
    func known() throws {
        var set = RevocationSet()
        set.insert(Self.event(.user("user-1")), expiresAt: Self.now + 900)
        let gateway = try EmbeddedGateway()
        gateway.loop.revoke(.set(set))
        let client = try gateway.client()
        try client.receive(try gateway.request("GET"))
        #expect(try client.written().contains(#""code":"revoked""#))
    }
}
