import HTTPTypes
import Hummingbird
import Tokens

/// That a request came through the gateway: by the gateway's own word for this request and this token
/// (`X-Gateway-Assertion`), never by a header that anybody can send, and whatever the configuration trusts otherwise.
///
/// The gateway removes what a client sends under that name, and binds its word to method and path on its administrative
/// routes (`admin_route`). A body is not bound, and the same word counts again within its 30 s: only gateway and plant
/// ever see it.
struct GatewayProof: Sendable {
    enum Fault: Error, Equatable {
        case missing
        /// Two of them: one may be a client's.
        case repeated
        /// Forged, expired, for another service or another token; with the code of the check.
        case invalid(code: String)
        /// Good for any request with this token: the gateway's route is no administrative one.
        case unbound
        case anotherRequest
    }

    let assertion: GatewayAssertion
    /// What gateways name this plant as.
    let audience: String
    /// Seconds since the epoch.
    let now: @Sendable () -> Int64

    /// - Parameter token: which the request is made with (`ClientTokens`).
    func check(_ request: Request, token: String) throws(Fault) {
        let words = request.headers[values: .gatewayAssertion]
        guard let word = words.first else { throw .missing }
        guard words.count == 1 else { throw .repeated }
        let claims: GatewayAssertion.Claims
        do throws(TokenError) {
            claims = try assertion.verify(word, audience: audience, clientToken: token, now: now())
        } catch {
            throw .invalid(code: "\(error.code)")
        }
        switch AssertionBinding(claims, request) {
        case .thisRequest: return
        case .anyRequest: throw .unbound
        case .anotherRequest: throw .anotherRequest
        }
    }
}
