import Secrets

/// `aud` (RFC 7519 §4.1.3): one text, or a list of them.
enum TokenAudience {
    /// Whether the claim names `audience`.
    static func contains(_ audience: [UInt8], _ json: StrictJSON, _ value: StrictJSON.Node) throws(TokenError) -> Bool {
        switch json.kind(value) {
        case .string: return json.equals(value, audience)
        case .array:
            var found = false
            var count = 0
            for element in json.elements(value) {
                count += 1
                guard json.kind(element) == .string, count <= TokenLimits.audiences else {
                    throw .malformed("aud is not a list of texts")
                }
                if json.equals(element, audience) { found = true }
            }
            return found
        default: throw .malformed("aud is neither a text nor a list of texts")
        }
    }
}
