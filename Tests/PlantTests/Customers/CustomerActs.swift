import Contracts
import HTTPTypes
import PlantTesting
import Secrets
import ServerKit
import TestSupport
import Testing
import Tokens

@testable import Plant

/// What staff do to customers, and what becomes known of it.
extension PlantFixture {
    /// - Parameters:
    ///   - path: below the customers', e.g. `c-1/suspend`.
    ///   - token: nil: an administrator's.
    func act(
        _ path: String, method: HTTPRequest.Method = .post, _ json: String? = nil, token: String? = nil,
        headers: [(String, String)] = []
    ) async throws -> Answer {
        try await send(
            method, "/api/v1/customers/\(path)", token: token ?? self.token("admin", subject: "staff-1"),
            headers: headers, json: json)
    }

    func sweepTrials() async throws -> Int {
        try await TrialSweep(
            database: plant.database,
            revocations: CustomerRevocations(policy: VerificationPolicy(), makeID: plant.makeID),
            clock: plant.parts.clock, logger: log.logger
        ).sweep()
    }

    /// What verifiers that follow the feed know.
    func told() async throws -> [Revocation] {
        let answer = try await send(.get, RevocationPage.path, token: Self.internalToken)
        #expect(answer.status == .ok, "\(answer.text)")
        let tokens = RevocationToken(internalToken: SecretBytes(utf8: Self.internalToken))
        return try answer.decoded(RevocationPage.self).events.map { try tokens.verify($0.set, now: clock.now) }
    }
}
