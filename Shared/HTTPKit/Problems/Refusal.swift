package import Contracts
import FoundationEssentials
import HTTPTypes
package import Secrets

/// A refusal on its way to the client: public code and detail, private cause for the log.
package struct Refusal: Error, Sendable {
    package var code: ProblemCode
    package var detail: String
    /// For the log alone.
    package var cause: String?
    /// Seconds.
    package var retryAfter: Int?
    /// Field → what is wrong with it.
    package var fields: [String: String]?
    /// In the body in development alone.
    package var diagnostics: [String: String]?
    /// The request's credentials are what is malformed: a 400 that carries a challenge (RFC 6750 §3.1, `invalid_request`).
    package var concernsCredentials = false
    /// For 405: RFC 9110 §15.5.6.
    package var allowedMethods: [String]?

    package init(
        _ code: ProblemCode, _ detail: String, cause: String? = nil, retryAfter: Int? = nil,
        fields: [String: String]? = nil, diagnostics: [String: String]? = nil
    ) {
        self.code = code
        self.detail = detail
        self.cause = cause
        self.retryAfter = retryAfter
        self.fields = fields
        self.diagnostics = diagnostics
    }

    /// - Parameter instance: the request's path.
    package func problem(instance: String, requestID: String, environment: DeploymentEnvironment) -> Problem {
        Problem(
            type: "urn:lockstep:problem:\(code.rawValue)", title: code.title, status: code.status.code, detail: detail,
            instance: instance, code: code.rawValue, requestID: requestID, fields: fields,
            diagnostics: environment == .development ? diagnostics : nil)
    }

    /// The problem as JSON bytes, members sorted.
    package func body(instance: String, requestID: String, environment: DeploymentEnvironment) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let problem = problem(instance: instance, requestID: requestID, environment: environment)
        // Strings and whole numbers always encode; the empty object stands for what can't happen.
        return (try? encoder.encode(problem)).map(Array.init) ?? Array("{}".utf8)
    }
}
