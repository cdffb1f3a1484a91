package import HTTP1
package import HTTPKit

/// Step 1. What two servers could read in two ways as a message, `HTTP1` has refused before; what is left is what could be
/// understood in two ways: whose request it is.
package enum RejectAmbiguous {
    /// - Returns: how the body goes to the upstream.
    /// - Throws: `malformed_request` for two Authorization lines, `method_not_allowed` for TRACE, which would give the
    ///   client's credentials back to whoever made it ask.
    package static func check(_ head: RequestHead) throws(Refusal) -> BodyFraming {
        if head.method == .trace { throw Refusal(.methodNotAllowed, "TRACE is not served here") }
        guard !head.fields.isRepeated(.authorization) else {
            var refusal = Refusal(.malformedRequest, "more than one Authorization field")
            refusal.concernsCredentials = true
            throw refusal
        }
        // A body of no bytes, where none is expected, is none.
        guard head.framing == .length(0) else { return head.framing }
        switch head.method {
        case .post, .put, .patch: return head.framing
        case .get, .head, .delete, .options, .trace, .other: return .none
        }
    }
}
