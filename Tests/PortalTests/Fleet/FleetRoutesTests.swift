import Contracts
import Fleet
import Foundation
import HTTPTypes
import HummingbirdTesting
import Logging
import ServiceKit
import Storage
import TestSupport
import Testing

@testable import Portal

@Suite("The fleet keeper")
struct FleetRoutesTests {
    private static let internalToken = "internal-token-internal-token-internal"
    private static let reports = "/internal/v1/fleet/reports"

    static func report(_ service: String = "gateway", _ instance: String = "host-1") -> FleetReport {
        FleetReport(
            service: service, instance: instance, environment: "test", source: "file A", delivery: "watched",
            ringVersion: 1, ringAge: 0,
            keys: [FleetKey(kid: "k1", algorithm: "HS256", state: "current", verified: true)], leeway: 60,
            agreement: "agreed", build: "0.1.0", startedAt: 1_800_000_000)
    }

    private static func json(_ report: FleetReport) throws -> String {
        String(decoding: try JSONEncoder().encode(report), as: UTF8.self)
    }

    private var headers: HTTPFields {
        [.authorization: "Bearer \(Self.internalToken)", .contentType: "application/json"]
    }

    private func post(_ client: Client, _ body: String) async throws -> TestAnswer {
        let answer = try await client.send(.post, Self.reports, headers: headers, body: body)
        return TestAnswer(status: answer.status, code: answer.code, text: answer.text)
    }

    struct TestAnswer {
        var status: HTTPResponse.Status
        var code: String?
        var text: String
    }

    private func table(_ client: Client) async throws -> FleetTable {
        try await client.send(.get, "/internal/v1/fleet", headers: headers).json()
    }

    @Test("a replica is live, then missing, then forgotten, by the keeper's clock; goodbye forgets it at once")
    func life() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let start = portal.clock.now
            let answer = try await post(client, Self.json(Self.report()))
            #expect(answer.status == .ok)
            #expect(answer.text.contains("now_ms"))
            _ = try await post(client, Self.json(Self.report("plant", "host-2")))
            var fleet = try await table(client)
            #expect(fleet.now == start)
            #expect(fleet.replicas.map(\.report) == [Self.report(), Self.report("plant", "host-2")])
            #expect(fleet.replicas.map(\.status) == ["live", "live"])
            #expect(fleet.replicas.map(\.receivedAt) == [start, start])

            let goodbye = try await client.send(.delete, Self.reports + "/plant/host-2", headers: headers)
            #expect(goodbye.status == .noContent)
            #expect(try await table(client).replicas.map(\.report.service) == ["gateway"])

            portal.clock.advance(15)
            #expect(try await table(client).replicas.map(\.status) == ["live"])
            portal.clock.advance(1)
            #expect(try await table(client).replicas.map(\.status) == ["missing"])
            _ = try await post(client, Self.json(Self.report()))
            fleet = try await table(client)
            #expect(fleet.replicas.map(\.status) == ["live"])
            portal.clock.advance(601)
            #expect(try await table(client).replicas.isEmpty)
            let store = try #require(portal.stores.fleet)
            #expect(try await store.sweep(now: portal.clock.now) == 1)
            #expect(try await store.counts(now: portal.clock.now) == ["live": 0, "missing": 0])
        }
    }

    @Test("the goodbye of a process does not speak for the next one of its name")
    func lateGoodbye() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            var next = Self.report()
            next.startedAt += 10
            _ = try await post(client, Self.json(Self.report()))
            _ = try await post(client, Self.json(next))
            let path = "\(Self.reports)/gateway/host-1?started_at="
            #expect(try await client.send(.delete, path + "1800000000", headers: headers).status == .noContent)
            #expect(try await table(client).replicas.map(\.report.startedAt) == [1_800_000_010])
            #expect(try await client.send(.delete, path + "soon", headers: headers).status == .badRequest)
            #expect(try await client.send(.delete, path + "1800000010", headers: headers).status == .noContent)
            #expect(try await table(client).replicas.isEmpty)
        }
    }

    @Test(
        "nobody without the internal token reports, forgets or reads",
        arguments: [nil, "Bearer wrong", "Bearer internal-token-internal-token-interna", "Basic eA=="])
    func authorization(_ value: String?) async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            var wrong: HTTPFields = [.contentType: "application/json"]
            wrong[.authorization] = value
            _ = try await post(client, Self.json(Self.report()))
            for (method, path) in [
                (HTTPRequest.Method.post, Self.reports), (.get, "/internal/v1/fleet"),
                (.delete, Self.reports + "/gateway/host-1"),
            ] {
                let answer = try await client.send(
                    method, path, headers: wrong, body: method == .post ? Self.json(Self.report("x", "y")) : nil)
                #expect(answer.status == .unauthorized)
            }
            // An access token opens nothing here either.
            let tokens = try await client.tokens()
            let answer = try await client.send(
                .get, "/internal/v1/fleet", headers: client.bearer(tokens.accessToken))
            #expect(answer.status == .unauthorized)
            #expect(try await table(client).replicas.map(\.report.instance) == ["host-1"])
        }
    }

    @Test("garbage, what is too large and forged names are refused, and leave no row")
    func attacks() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            #expect(try await post(client, "{").code == "malformed_request")
            #expect(try await post(client, "[]").status != .ok)
            #expect(try await post(client, "{}").code == "invalid_input")
            #expect(try await post(client, #"{"service":1}"#).code == "invalid_input")
            var large = Self.report()
            large.detail = String(repeating: "x", count: 70_000)
            #expect(try await post(client, Self.json(large)).code == "payload_too_large")
            large.detail = String(repeating: "x", count: 5000)
            #expect(try await post(client, Self.json(large)).code == "invalid_input")
            for name in ["gate\nway", "\u{1B}[2J", "a/b", "..", "", "gateway ", "g\u{0}", "gätewäy"] {
                let answer = try await post(client, Self.json(Self.report(name)))
                #expect(answer.code == "invalid_input", "\(name)")
                #expect(try await post(client, Self.json(Self.report("gateway", name))).code == "invalid_input")
            }
            #expect(try await table(client).replicas.isEmpty)
            for path in ["/a%0Ab/c", "/a/%1B", "/a/b%2Fc"] {
                let answer = try await client.send(.delete, Self.reports + path, headers: headers)
                #expect(answer.status == .notFound)
            }
        }
    }

    @Test("the 1,001st live replica is refused; once one is missing, it takes that one's place")
    func bounded() async throws {
        let portal = try await TestPortal()
        let store = try #require(portal.stores.fleet)
        let now = portal.clock.now
        for index in 0..<1000 {
            // Row 500 is the oldest.
            let receivedAt = index == 500 ? now - 2 : now
            #expect(try await store.keep(Self.report("gateway", "g\(index)"), now: receivedAt) == .kept)
        }
        try await portal.test { client in
            let refused = try await post(client, Self.json(Self.report("plant", "p")))
            #expect(refused.status == .serviceUnavailable)
            #expect(refused.text.contains("1000 replicas"))
            // One that is in the table is heard all the same.
            #expect(try await post(client, Self.json(Self.report("gateway", "g7"))).status == .ok)
            portal.clock.advance(14)
            #expect(try await post(client, Self.json(Self.report("plant", "p"))).status == .ok)
            let instances = try await table(client).replicas.map(\.report.instance)
            #expect(instances.count == 1000)
            #expect(instances.contains("p") && !instances.contains("g500"))
        }
    }

    @Test("two replicas of the portal keep one table")
    func twoKeepers() async throws {
        let database = try Databases.open(url: "sqlite::memory:", logger: .init(label: "test"))
        let first = try await TestPortal(database: database)
        let second = try await TestPortal(database: database, clock: first.clock)
        try await first.test { client in _ = try await post(client, Self.json(Self.report())) }
        try await second.test { client in
            let fleet = try await table(client)
            #expect(fleet.replicas.map(\.report) == [Self.report()])
        }
    }

    @Test("a customer portal keeps no table, and says who does")
    func customer() async throws {
        let portal = try await TestPortal(.customer)
        #expect(portal.stores.fleet == nil)
        try await portal.test { client in
            for (method, path) in [
                (HTTPRequest.Method.post, Self.reports), (.get, "/internal/v1/fleet"),
                (.delete, Self.reports + "/gateway/host-1"),
            ] {
                let answer = try await client.send(method, path, headers: headers)
                #expect(answer.status == .notFound)
                #expect(answer.text.contains("FLEET_KEEPER_URL"))
            }
        }
    }

    @Test("the portal that is the keeper itself writes to its own table")
    func ownKeeper() async throws {
        let portal = try await TestPortal()
        let store = try #require(portal.stores.fleet)
        let keeper = FleetKeeper(store: store, clock: .init { [clock = portal.clock] in clock.now })
        _ = try await keeper.report(Self.report())
        #expect(try await keeper.table().replicas.map(\.report) == [Self.report()])
        try await keeper.forget("gateway", "host-1", nil)
        #expect(try await keeper.table().replicas.isEmpty)
        #expect(keeper.label == "this portal")
    }

    @Test("each signature of an access token is noted, by key")
    func signed() async throws {
        let portal = try await TestPortal()
        #expect(portal.signed.all.isEmpty)
        try await portal.test { client in _ = try await client.tokens() }
        #expect(Array(portal.signed.all.values) == [portal.clock.now])
    }
}
