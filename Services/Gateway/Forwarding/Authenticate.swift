import HTTP1
package import HTTPKit
import NIOCore
package import Tokens

/// Step 4: who asks. The verifier is the loop's own, with what it has verified before.
package enum Authenticate {
    package struct Outcome {
        /// Where the client's bearer token lies in the head.
        package var token: Range<Int>?
        /// Nil on public routes, and on optional ones without a token.
        package var known: KnownToken?
        package var failure: TokenError?
        /// Of `known`: whether the token was verified just now, or had been before.
        package var origin: LoopVerifier.Outcome = .verified
    }

    /// - Parameters:
    ///   - request: with one Authorization line at most. One that `Connection` names ended at the hop before this one.
    ///   - now: seconds since the epoch.
    /// - Throws: `malformed_token` for what is no bearer token. What the verifier refuses is in `failure`, for the caller to
    ///   count and to explain with its ring.
    package static func run(
        _ request: ReceivedRequest, rule: AuthRule, verifier: inout LoopVerifier, now: Int64
    ) throws(Refusal) -> Outcome {
        guard let field = request.fields.first(.authorization), !field.marks.contains(.namedByConnection) else {
            return rule == .required ? Outcome(failure: .missing) : Outcome()
        }
        let bytes = request.bytes.readableBytesSpan
        let value = field.valueRange
        guard let found = BearerCredentials.candidate(in: bytes.extracting(value)) else { throw .noBearerToken }
        let token = value.lowerBound + found.lowerBound..<value.lowerBound + found.upperBound
        guard rule != .open else {
            guard BearerCredentials.isToken68(bytes.extracting(token)) else { throw .noBearerToken }
            return Outcome(token: token)
        }
        do throws(TokenError) {
            let (known, origin) = try verifier.verify(bytes.extracting(token), now: now)
            return Outcome(token: token, known: known, origin: origin)
        } catch {
            guard BearerCredentials.isToken68(bytes.extracting(token)) else { throw .noBearerToken }
            return Outcome(token: token, failure: error)
        }
    }
}
