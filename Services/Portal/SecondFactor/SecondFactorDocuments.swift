import HTTPKit

// The JSON of second factors. Times are seconds since the epoch.

/// What clients send.
enum SecondFactorBodies {
    /// One of the two.
    struct Answer: Decodable {
        var code: String?
        var recoveryCode: String?

        enum CodingKeys: String, CodingKey {
            case code
            case recoveryCode = "recovery_code"
        }

        /// Nil where neither came.
        func given() throws(Refusal) -> SecondFactorAnswer? {
            if code == nil && recoveryCode == nil { return nil }
            return try required()
        }

        func required() throws(Refusal) -> SecondFactorAnswer {
            guard let answer = SecondFactorAnswer(code: code, recoveryCode: recoveryCode) else {
                throw Refusal(
                    .invalidInput, "Send a code or a recovery code.",
                    fields: ["code": "must be there, or recovery_code, and not both"])
            }
            return answer
        }
    }

    struct Ticket: Decodable {
        var ticket: String
        var answer: Answer

        enum CodingKeys: String, CodingKey { case ticket }

        init(from decoder: any Decoder) throws {
            ticket = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .ticket)
            answer = try Answer(from: decoder)
        }
    }

    struct EnrolmentTicket: Decodable {
        var ticket: String
    }

    /// Who is signed in proves once more who they are.
    struct Proof: Decodable {
        /// Left out by somebody who has none.
        var password: Password?
        var answer: Answer

        enum CodingKeys: String, CodingKey { case password }

        init(from decoder: any Decoder) throws {
            password = try decoder.container(keyedBy: CodingKeys.self).decodeIfPresent(Password.self, forKey: .password)
            answer = try Answer(from: decoder)
        }
    }
}

struct SecondFactorDocument: Codable, Sendable {
    var enrolled: Bool
    var enrolledAt: Int64?
    var recoveryCodesLeft: Int
    var required: Bool

    init(_ standing: SecondFactorService.Standing) {
        enrolled = standing.enrolledAt != nil
        enrolledAt = standing.enrolledAt
        recoveryCodesLeft = standing.recoveryCodesLeft
        required = standing.isRequired
    }

    enum CodingKeys: String, CodingKey {
        case enrolled, required
        case enrolledAt = "enrolled_at"
        case recoveryCodesLeft = "recovery_codes_left"
    }
}

/// Shown once, to be scanned or typed into an authenticator app.
struct EnrolmentDocument: Codable, Sendable {
    /// Base 32.
    var secret: String
    /// `otpauth://…`
    var uri: String

    init(_ seed: EnrolmentSeed) {
        secret = seed.secret
        uri = seed.uri
    }
}

/// Shown once, to be kept on paper.
struct RecoveryCodesDocument: Codable, Sendable {
    var recoveryCodes: [String]

    init(_ codes: [RecoveryCode]) { recoveryCodes = codes.map(\.text) }

    enum CodingKeys: String, CodingKey { case recoveryCodes = "recovery_codes" }
}
