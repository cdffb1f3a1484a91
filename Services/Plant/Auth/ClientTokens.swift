import HTTPKit
import HTTPTypes
import Hummingbird
import Logging
import Tokens

/// Which token a request is made with.
///
/// `Authorization`, as everywhere; or `X-Original-Authorization`, where `Authorization` carries a platform's own token
/// (Cloud Run IAM). The latter counts only when a gateway's assertion vouches for exactly that token, or when the
/// configuration says that nobody but a gateway can reach this plant. Identity headers (`X-User-Id` …) never count.
struct ClientTokens: Sendable {
    struct Found: Equatable {
        let token: String
        let source: ValidationRecord.TokenSource
    }

    let assertion: GatewayAssertion
    /// What gateways name this plant as.
    let audience: String
    /// `PLANT_TRUST_ORIGINAL_AUTHORIZATION`
    let trustsOriginal: Bool
    /// Seconds since the epoch.
    let now: @Sendable () -> Int64

    /// Nil when the request carries none; throws what `BearerCredentials` finds.
    func find(in request: Request, logger: Logger) throws(Refusal) -> Found? {
        if let original = try original(request, logger) { return original }
        return try BearerCredentials.token(in: request.headers[values: .authorization])
            .map { Found(token: $0, source: .authorization) }
    }

    private func original(_ request: Request, _ logger: Logger) throws(Refusal) -> Found? {
        let values = request.headers[values: .originalAuthorization]
        guard !values.isEmpty else { return nil }
        if trustsOriginal {
            return try BearerCredentials.token(in: values).map { Found(token: $0, source: .trustedOriginal) }
        }
        // Without an assertion the header is one that anybody can send: as if it were not there.
        let assertions = request.headers[values: .gatewayAssertion]
        guard assertions.count == 1, let token = try BearerCredentials.token(in: values) else { return nil }
        do throws(TokenError) {
            let claims = try assertion.verify(assertions[0], audience: audience, clientToken: token, now: now())
            guard AssertionBinding(claims, request) != .anotherRequest else {
                logger.warning("A gateway assertion for another request was ignored")
                return nil
            }
            return Found(token: token, source: .assertedOriginal)
        } catch {
            logger.warning("A gateway assertion was ignored", metadata: ["code": "\(error.code)"])
            return nil
        }
    }
}

extension HTTPField.Name {
    /// The client's `Authorization`, as the gateway received it.
    static var originalAuthorization: HTTPField.Name { name("X-Original-Authorization") }
    static var gatewayAssertion: HTTPField.Name { name("X-Gateway-Assertion") }

    private static func name(_ literal: StaticString) -> HTTPField.Name {
        // Invariant: the two literals above are tokens (RFC 9110 §5.6.2), and nothing from outside comes here.
        guard let name = HTTPField.Name("\(literal)") else { preconditionFailure("\(literal) is no field name") }
        return name
    }
}
