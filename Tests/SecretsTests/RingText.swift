import Secrets

/// Writes JWK Sets for tests, good ones and bad ones.
struct RingText {
    struct Key {
        var kid: String
        var state: String
        var secret: String
        var algorithm = "HS256"
        var extra = ""

        var text: String {
            """
            {"kty":"oct","kid":"\(kid)","alg":"\(algorithm)","state":"\(state)",\(extra)"k":"\(Base64URL.encode(secret.utf8))"}
            """
        }
    }

    let text: String

    init(_ keys: [Key]) { text = "{\"keys\":[\(keys.map(\.text).joined(separator: ","))]}" }
}
