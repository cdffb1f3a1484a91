import Crypto
import Secrets

/// AWS Signature Version 4 in headers, for requests whose body is at hand and whose path needs no encoding.
///
/// What AWS calls the canonical request is built from the request as it is sent: each header that is handed over is
/// signed, so whoever adds one afterwards (`Content-Length`, `Connection`) adds it unsigned.
struct SigV4: Sendable {
    let region: String
    /// As AWS names the service in a credential's scope: `secretsmanager`, `kms`, `sts`.
    let service: String

    struct Request: Sendable {
        var method: String
        /// Absolute, already percent-encoded.
        var path: String
        /// Already in canonical form (sorted, encoded); empty for none.
        var query: String = ""
        /// With `host`; names in any case.
        var headers: [(name: String, value: String)]
        var body: [UInt8]
    }

    /// The request's headers with `x-amz-date`, the session token where there is one, and `authorization`.
    /// - Parameter now: seconds since the epoch; AWS refuses requests that are more than 5 minutes off.
    func signed(_ request: Request, by credentials: AWSCredentials, now: Int64) -> [(name: String, value: String)] {
        let time = AWSTimestamp.basic(now)
        var request = request
        request.headers.append(("x-amz-date", time))
        if let token = credentials.sessionToken { request.headers.append(("x-amz-security-token", token.text)) }

        let (canonical, names) = Self.canonical(request)
        let scope = "\(time.prefix(8))/\(region)/\(service)/aws4_request"
        let text = "AWS4-HMAC-SHA256\n\(time)\n\(scope)\n\(Self.hex(SHA256.hash(data: Array(canonical.utf8))))"
        let signature = Self.hex(
            HMAC<SHA256>.authenticationCode(
                for: Array(text.utf8), using: key(credentials, date: String(time.prefix(8)))))
        request.headers.append(
            (
                "authorization",
                """
                AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope), \
                SignedHeaders=\(names), Signature=\(signature)
                """
            ))
        return request.headers
    }

    /// The canonical request and its list of signed headers.
    static func canonical(_ request: Request) -> (text: String, signedHeaders: String) {
        let headers = request.headers
            .map { (name: $0.name.lowercased(), value: collapsed($0.value)) }
            .sorted { $0.name < $1.name }
        let names = headers.map(\.name).joined(separator: ";")
        let lines =
            [request.method, request.path, request.query] + headers.map { "\($0.name):\($0.value)" } + [
                "", names, hex(SHA256.hash(data: request.body)),
            ]
        return (lines.joined(separator: "\n"), names)
    }

    /// Without white space around it, and one space for each run of them inside.
    private static func collapsed(_ value: String) -> String {
        value.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
    }

    /// Good for one day, region and service: what leaks of it opens nothing else.
    private func key(_ credentials: AWSCredentials, date: String) -> SymmetricKey {
        var key = credentials.secretAccessKey.withUnsafeBytes { SymmetricKey(data: Array("AWS4".utf8) + Array($0)) }
        for part in [date, region, service, "aws4_request"] {
            key = SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: key))
        }
        return key
    }

    static func hex(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
