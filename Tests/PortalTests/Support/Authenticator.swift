import HTTPTypes
import HummingbirdTesting
import TestSupport

@testable import Portal

/// An authenticator app: takes the secret as it is shown, and tells codes.
struct Authenticator: Sendable {
    private let seed: [UInt8]

    /// - Parameter secret: base 32.
    init(secret: String) {
        var bits = 0
        var pending = 0
        var seed: [UInt8] = []
        for character in secret {
            guard let value = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567").firstIndex(of: character) else { continue }
            pending = pending << 5 | value
            bits += 5
            guard bits >= 8 else { continue }
            bits -= 8
            seed.append(UInt8(truncatingIfNeeded: pending >> bits))
            pending &= (1 << bits) - 1
        }
        self.seed = seed
    }

    func code(at now: Int64) -> String {
        OneTimePassword.code(seed: seed, counter: UInt64(OneTimePassword.step(at: now)))
    }

    /// Six digits that are none of the codes around now.
    func wrongCode(at now: Int64) -> String {
        let right = (-2...2).map { code(at: now + $0 * OneTimePassword.period) }
        return ["000000", "111111", "222222", "333333", "444444", "555555"].first { !right.contains($0) } ?? "666666"
    }
}

/// A problem that carries a ticket.
struct TicketProblem: Codable {
    var code: String
    var ticket: String
    var expiresIn: Int64
    var enrolmentNeeded: Bool

    enum CodingKeys: String, CodingKey {
        case code, ticket
        case expiresIn = "ticket_expires_in"
        case enrolmentNeeded = "enrolment_needed"
    }
}

/// Somebody with a second factor.
struct Enrolled: Sendable {
    var app: Authenticator
    var recoveryCodes: [String]
    var session: TokensDocument
}

extension Client {
    /// Signs in, enrols, and leaves the step of the code that did it behind.
    func enrol(
        _ portal: TestPortal, _ email: String = TestPortal.adminEmail, _ password: String = TestPortal.adminPassword
    ) async throws -> Enrolled {
        let session = try await tokens(email, password)
        let seed: EnrolmentDocument = try await post(
            "second-factor/enrolment", #"{"password":"\#(password)"}"#, headers: bearer(session.accessToken)
        ).json()
        let app = Authenticator(secret: seed.secret)
        let codes: RecoveryCodesDocument = try await post(
            "second-factor/enrolment/confirm", #"{"code":"\#(app.code(at: portal.clock.now))"}"#,
            headers: bearer(session.accessToken)
        ).json()
        portal.clock.advance(OneTimePassword.period)
        return Enrolled(app: app, recoveryCodes: codes.recoveryCodes, session: session)
    }

    func ticket(
        _ email: String = TestPortal.adminEmail, _ password: String = TestPortal.adminPassword
    ) async throws -> TicketProblem {
        try await login(email, password).json()
    }

    func secondFactor(ticket: String, code: String) async throws -> TestResponse {
        try await post("second-factor", #"{"ticket":"\#(ticket)","code":"\#(code)"}"#)
    }

    func secondFactor(ticket: String, recoveryCode: String) async throws -> TestResponse {
        try await post("second-factor", #"{"ticket":"\#(ticket)","recovery_code":"\#(recoveryCode)"}"#)
    }
}
