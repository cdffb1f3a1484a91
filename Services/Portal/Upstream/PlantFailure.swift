import Contracts

/// Why the plant, asked through the gateway, did not answer as was hoped. It knows no page: `PlantFaultText` says it.
enum PlantFailure: Error, Equatable, Sendable {
    /// 401: gateway or plant do not take this portal's tokens. The code says why (`unknown_key`, `wrong_issuer`, …).
    case tokenRefused(code: String)
    /// 403.
    case forbidden(code: String)
    /// 404. What is not within the visitor's reach is not found either.
    case notFound(detail: String)
    /// 409 and 412: somebody else was faster, or the state does not allow it.
    case conflict(detail: String, fields: [String: String])
    /// 422 with an idempotency key that came before: the form was sent twice, with different content.
    case sentBefore
    /// 400, 413 and 422: what was typed can't be accepted.
    case invalid(detail: String, fields: [String: String])
    /// 429. Seconds.
    case busy(retryAfter: Int)
    /// 502, 503 and 504. Seconds.
    case unavailable(code: String, retryAfter: Int)
    /// Another 5xx: something broke there.
    case broken(code: String)
    /// The connection to the database was lost in the commit: whether it was done is not known.
    case outcomeUnknown
    /// No connection, or no answer in time.
    case unreachable
    /// An answer that is none of the plant's: another program, another version, or too large.
    case unreadable
}

extension PlantFailure {
    /// - Parameters:
    ///   - status: anything but 2xx.
    ///   - retryAfter: as it was sent, seconds.
    ///   - problem: nil where the body is no problem document.
    init(status: Int, retryAfter: Int?, problem: PlantProblem?) {
        let code = problem?.shownCode ?? "http_\(status)"
        let wait = min(max(retryAfter ?? 5, 1), 3600)
        switch (status, problem) {
        case (401, _): self = .tokenRefused(code: code)
        case (429, _): self = .busy(retryAfter: wait)
        case (502...504, _): self = .unavailable(code: code, retryAfter: wait)
        case (403, let problem?): self = .forbidden(code: problem.shownCode)
        case (404, let problem?): self = .notFound(detail: problem.shownDetail)
        case (409, let problem?), (412, let problem?):
            self = .conflict(detail: problem.shownDetail, fields: problem.shownFields)
        case (422, let problem?) where problem.code == "idempotency_key_reused": self = .sentBefore
        case (400, let problem?), (413, let problem?), (422, let problem?):
            self = .invalid(detail: problem.shownDetail, fields: problem.shownFields)
        case (500, let problem?) where problem.code == "outcome_unknown": self = .outcomeUnknown
        case (500..., _): self = .broken(code: code)
        // A refusal without a problem document is not of this suite: another program answers at that address.
        default: self = .unreadable
        }
    }
}

/// As much of a problem document (RFC 9457, `Contracts.Problem`) as pages show; other members are not needed.
struct PlantProblem: Decodable, Sendable, Equatable {
    var code: String
    var detail: String?
    var fields: [String: String]?

    /// What comes from outside is shown bounded.
    var shownCode: String {
        let isPlain = code.utf8.allSatisfy {
            UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 || $0 == UInt8(ascii: "_")
        }
        return isPlain && 1...40 ~= code.utf8.count ? code : "unknown"
    }

    var shownDetail: String { BoundedText.line(detail ?? "", maximumBytes: 300) }

    var shownFields: [String: String] {
        guard let fields, fields.count <= 50 else { return [:] }
        return fields.mapValues { BoundedText.line($0, maximumBytes: 300) }
    }
}
