package import HTTPKit
package import Tokens

/// Step 4: who asks. The verifier is the loop's own, with what it has verified before.
package enum Authenticate {
    package struct Outcome: Sendable {
        /// The client's bearer token, as sent.
        package var token: String?
        /// Nil on public routes, and on optional ones without a token.
        package var identity: Identity?
        package var failure: TokenError?
        /// Of `identity`: whether the token was verified just now, or had been before.
        package var origin: LoopVerifier.Outcome = .verified
    }

    /// - Parameters:
    ///   - authorization: every `Authorization` line that is left after step 2.
    ///   - now: seconds since the epoch.
    /// - Throws: what `BearerCredentials` refuses. What the verifier refuses is in `failure`, for the caller to count
    ///   and to explain with its ring.
    package static func run(
        authorization: [String], rule: AuthRule, verifier: inout LoopVerifier, now: Int64
    ) throws(Refusal) -> Outcome {
        let token = try BearerCredentials.token(in: authorization)
        switch (rule, token) {
        case (.required, nil): return Outcome(failure: .missing)
        case (.optional, nil), (.open, _): return Outcome(token: token)
        case (.required, let token?), (.optional, let token?):
            do throws(TokenError) {
                let (identity, origin) = try verifier.verify(token, now: now)
                return Outcome(token: token, identity: identity, origin: origin)
            } catch {
                return Outcome(token: token, failure: error)
            }
        }
    }
}
