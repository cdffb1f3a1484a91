import Foundation
package import HTTPTypes
import Hummingbird
package import HummingbirdTesting
import Logging
import NIOCore
package import Plant
package import PlantKit
package import Secrets
package import ServerKit
import ServiceKit
import Storage
package import TestSupport
import Testing
package import Tokens

/// A whole plant in process, on a real SQLite file, or PostgreSQL (`TestedPostgreSQL.emptyDatabase`).
package struct PlantFixture: Sendable {
    package let plant: Plant
    package let ring: KeyRing
    package let clock: ManualClock
    package let log: CapturedLog
    package let client: any TestClientProtocol

    package static let internalToken = "an-internal-token-for-tests-long-enough"
    package static let secret = "fixture-signing-key-7Qm2xV9rT4kLp8ZsWc3N"

    /// - Parameters:
    ///   - variables: on top of a test environment's.
    ///   - hangs: which modules' deadlines come, and when.
    ///   - streamSleep: ends when what a stream's guard waits for has come; nil: by the clock.
    package static func use(
        _ variables: [String: String] = [:], modules: [any PlantModule.Type] = [], hangs: Hangs = Hangs(),
        streamSleep: (@Sendable (StreamRules.Wait, Duration) async throws -> Void)? = nil,
        _ body: @Sendable (PlantFixture) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "lockstep-plant-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        var databaseURL = variables["DATABASE_URL"]
        if databaseURL == nil { databaseURL = try await TestedPostgreSQL.emptyDatabase() }
        let all = [
            "ENVIRONMENT": "test", "JWT_SECRET": secret, "LOCKSTEP_INTERNAL_TOKEN": internalToken,
            "DATABASE_URL": databaseURL ?? "sqlite://\(folder.path)/plant.sqlite",
        ].merging(variables) { $1 }
        let log = CapturedLog()
        let clock = ManualClock()
        let reader = SettingsReader(variables: all)
        let common = CommonSettings(reader: reader, defaultPort: 8001)
        var settings = PlantSettings(
            reader: reader, environment: try EnvironmentDetection.detect(all).environment)
        try reader.finish()
        settings.modules.sleep = { module, _ in try await hangs.deadline(of: module) }
        if let streamSleep { settings.streams.sleep = streamSleep }
        let manager = try await SecretManager.load(variables: all, logger: log.logger, now: { clock.now })
        let database = try Databases.open(url: settings.databaseURL, logger: log.logger)
        let plant = try await Plant.build(
            settings: settings, common: common, manager: manager, database: database, modules: modules,
            clock: WallClock { clock.now }, logger: log.logger)
        try await plant.application().test(.router) { client in
            try await body(
                PlantFixture(plant: plant, ring: manager.ring, clock: clock, log: log, client: client))
        }
        try await database.close()
    }

    package func token(
        _ roles: String..., subject: String = "u-1", customerID: String? = nil, email: String? = nil,
        scope: String? = nil, issuer: String? = nil, ring other: KeyRing? = nil, at: Int64? = nil
    ) throws -> String {
        let isCustomer = roles.contains { $0.hasPrefix("customer") }
        let issuer = TokenIssuer(
            issuer: issuer ?? (isCustomer ? "lockstep-customer" : "lockstep-platform"), audience: "lockstep",
            lifetime: 900)
        let claims = AccessClaims(
            subject: subject, email: email ?? "\(subject)@example.com", roles: roles, sessionID: "s-1",
            customerID: customerID, scope: scope)
        return try issuer.issue(claims, ring: other ?? ring, now: at ?? clock.now).text
    }

    /// A token that the plant's own verifier accepts, as the identity that a handler sees.
    package func identity(_ roles: String..., subject: String = "u-1", customerID: String? = nil) throws -> Identity {
        let isCustomer = roles.contains { $0.hasPrefix("customer") }
        let issuer = TokenIssuer(
            issuer: isCustomer ? "lockstep-customer" : "lockstep-platform", audience: "lockstep", lifetime: 900)
        let claims = AccessClaims(
            subject: subject, email: "\(subject)@example.com", roles: roles, sessionID: "s-1", customerID: customerID)
        let token = try issuer.issue(claims, ring: ring, now: clock.now).text
        return try TokenVerifier(ring: ring, policy: VerificationPolicy()).verify(token, now: clock.now)
    }

    package func assertion(
        for token: String?, audience: String = "plant", internalToken: String = internalToken, at: Int64? = nil,
        method: String? = nil, path: String? = nil
    ) -> String {
        GatewayAssertion(internalToken: SecretBytes(utf8: internalToken))
            .issue(audience: audience, clientToken: token, method: method, path: path, now: at ?? clock.now)
    }

    /// Sends one request; `json` sets the content type unless the headers do.
    package func send(
        _ method: HTTPRequest.Method, _ uri: String, token: String? = nil, headers: [(String, String)] = [],
        json: String? = nil
    ) async throws -> Answer {
        var fields = HTTPFields()
        if let token { fields[.authorization] = "Bearer \(token)" }
        if json != nil { fields[.contentType] = "application/json" }
        for (name, value) in headers {
            let name = try #require(HTTPField.Name(name))
            if name == .contentType { fields[name] = nil }
            fields.append(HTTPField(name: name, value: value))
        }
        let response = try await client.executeRequest(
            uri: uri, method: method, headers: fields, body: json.map { ByteBuffer(string: $0) })
        return Answer(response)
    }

    /// A customer made by staff; answers its id and entity tag.
    package func makeCustomer(email: String, name: String = "Ada") async throws -> (id: String, tag: String) {
        let answer = try await send(
            .post, "/api/v1/customers", token: token("admin"), json: #"{"name":"\#(name)","email":"\#(email)"}"#)
        #expect(answer.status == .created, "\(answer.text)")
        return (try #require(answer["id"]), try #require(answer.headers[.eTag]))
    }

    package func register(
        event: String = "e-1", user: String = "u-1", customer: String = "c-1", email: String = "ada@example.com",
        name: String = "Ada"
    ) async throws -> Answer {
        try await send(
            .post, "/internal/v1/customers", headers: [("Authorization", "Bearer \(Self.internalToken)")],
            json: """
                {"event_id":"\(event)","user_id":"\(user)","customer_id":"\(customer)","email":"\(email)",\
                "name":"\(name)","registered_at":1800000000}
                """)
    }
}
