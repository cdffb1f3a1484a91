import HTTPTypes
import HummingbirdTesting
import Logging
import NIOCore
import Storage
import TestSupport
import Testing

@testable import Portal

/// The time of an answer tells nobody whether an address has an account. Not measured by a clock, which would depend on the
/// machine: what is done is compared, statement by statement and hash by hash.
@Suite struct SameWorkTests {
    private static let address = "ada@example.com"

    /// What an address may be.
    enum Account: String, CaseIterable, Sendable {
        case unknown, known, disabled
        /// Registered, and the address not verified yet.
        case pending
        /// Somebody who signs in through a provider.
        case passwordless

        /// Of the row of somebody who has registered; nil: there is none.
        var changes: String? {
            switch self {
            case .unknown: nil
            case .known: "pending_since = NULL"
            case .disabled: "pending_since = NULL, disabled_at = 1"
            case .pending: "name = name"
            case .passwordless: "pending_since = NULL, password_hash = ''"
            }
        }
    }

    /// What one request brought, and what it cost.
    private struct Cost: Equatable {
        var status: HTTPResponse.Status
        var bytes: Int
        var hashes: PasswordHasher.Work
        var statements: [String]
    }

    private static func costs(
        _ account: Account, of requests: Int = 1, _ request: @escaping @Sendable (Client) async throws -> TestResponse
    ) async throws -> [Cost] {
        let database = RecordingDatabase(
            try Databases.open(
                url: try await TestedPostgreSQL.emptyDatabase() ?? "sqlite::memory:", logger: Logger(label: "test")))
        let portal = try await TestPortal(.customer, extra: ["REGISTER_VERIFY_EMAIL": "true"], database: database)
        return try await portal.test { client in
            if let changes = account.changes {
                #expect(try await client.register(address).status == .accepted)
                try await database.write {
                    try await $0.execute("UPDATE users SET \(changes) WHERE email = ?", [.text(address)])
                }
            }
            var costs: [Cost] = []
            for _ in 0..<requests {
                _ = database.take()
                let before = portal.hasher.work
                let answer = try await request(client)
                let after = portal.hasher.work
                costs.append(
                    Cost(
                        status: answer.status, bytes: answer.body.readableBytes,
                        hashes: .init(
                            hashes: after.hashes - before.hashes, kibibytes: after.kibibytes - before.kibibytes),
                        statements: database.take()))
            }
            return costs
        }
    }

    @Test(
        "wrong passwords cost the same for every account and for none, up to the lock and behind it",
        arguments: Account.allCases)
    func signingIn(_ account: Account) async throws {
        let attempt = { @Sendable (client: Client) in try await client.login(Self.address, "wrong password here") }
        let none = try await Self.costs(.unknown, of: 7, attempt)
        #expect(none.map(\.status) == Array(repeating: .unauthorized, count: 5) + [.tooManyRequests, .tooManyRequests])
        // One hash each, with this portal's parameters, until there is none for anybody.
        #expect(none.map(\.hashes.hashes) == [1, 1, 1, 1, 1, 0, 0])
        #expect(none.map(\.hashes.kibibytes) == [8, 8, 8, 8, 8, 0, 0])
        #expect(none.allSatisfy { $0.statements.count > 2 })
        #expect(try await Self.costs(account, of: 7, attempt) == none)
    }

    @Test("the right password of a disabled account costs what a wrong one of nobody costs")
    func disabled() async throws {
        let attempt = { @Sendable (client: Client) in
            try await client.login(Self.address, TestPortal.customerPassword)
        }
        let none = try await Self.costs(.unknown, attempt)
        #expect(try await Self.costs(.disabled, attempt) == none)
    }

    @Test("who asks for a new password has the same done for every account and for none", arguments: Account.allCases)
    func reset(_ account: Account) async throws {
        let ask = { @Sendable (client: Client) in
            try await client.post("password/forgot", #"{"email":"\#(Self.address)"}"#)
        }
        let none = try await Self.costs(.unknown, of: 2, ask)
        #expect(none.allSatisfy { $0.status.kind == .successful && $0.statements.count > 3 })
        #expect(try await Self.costs(account, of: 2, ask) == none)
    }

    @Test("a taken address is registered at the same cost as a free one", arguments: Account.allCases)
    func registration(_ account: Account) async throws {
        let register = { @Sendable (client: Client) in
            try await client.register(Self.address, "another fine password", name: "Eve")
        }
        let free = try await Self.costs(.unknown, register)
        #expect(free.map(\.status) == [.accepted])
        #expect(free.map(\.hashes.hashes) == [1])
        #expect(try await Self.costs(account, register) == free)
    }
}
