import Secrets

/// A token taken apart as far as it goes, for a person to look at. Decides nothing.
struct TokenAnatomy {
    private(set) var header: [TokenExplanation.Field] = []
    private(set) var claims: [TokenExplanation.Field] = []
    private(set) var faults: [String] = []
    /// What the signature is over, and the signature; nil where the parts do not allow it.
    private(set) var signed: [UInt8]?
    private(set) var signature: [UInt8]?
    /// What the header calls its algorithm and its key.
    private(set) var algorithm: String?
    private(set) var keyID: String?
    private(set) var type: String?

    init(_ token: String) {
        guard !token.isEmpty else { return }
        guard token.utf8.count <= TokenLimits.token else {
            faults.append("\(token.utf8.count) bytes long; at most \(TokenLimits.token) are read")
            return
        }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        if parts.count != 3 {
            faults.append(
                parts.count == 5
                    ? "five parts: an encrypted token (JWE), which no service of the suite reads"
                    : "\(parts.count) part\(parts.count == 1 ? "" : "s") instead of three")
        }
        if let json = read(parts[0], "header", limits: TokenLimits.headerJSON) {
            header = Self.fields(json)
            algorithm = json.member(json.root, "alg").flatMap { json.string($0) }
            keyID = json.member(json.root, "kid").flatMap { json.string($0) }
            type = json.member(json.root, "typ").flatMap { json.string($0) }
        }
        guard parts.count > 1 else { return }
        if let json = read(parts[1], "payload", limits: TokenLimits.claimsJSON) { claims = Self.fields(json) }
        guard parts.count == 3 else { return }
        signed = Array((parts[0] + "." + parts[1]).utf8)
        signature = Base64URL.decode(parts[2])
        if parts[2].isEmpty {
            faults.append("the signature is empty")
        } else if signature == nil {
            faults.append("signature: \(Self.encodingFault(parts[2]))")
        }
    }

    private mutating func read(_ part: String, _ name: String, limits: StrictJSON.Limits) -> StrictJSON? {
        guard let bytes = Base64URL.decode(part) else {
            faults.append("\(name): \(Self.encodingFault(part))")
            return nil
        }
        do {
            let json = try StrictJSON(bytes, limits: limits)
            if json.kind(json.root) == .object { return json }
            faults.append("\(name): not an object")
        } catch {
            faults.append("\(name): \(error)")
        }
        return nil
    }

    private static func encodingFault(_ part: String) -> String {
        if part.isEmpty { return "empty" }
        if part.contains("=") { return "padded with =; base64url in tokens has no padding" }
        if part.contains("+") || part.contains("/") { return "plain base64 (+ or /); tokens use base64url (- and _)" }
        if part.contains(where: \.isWhitespace) {
            return "a space or line break inside, as copying from a log leaves it"
        }
        return "not canonical base64url; something was cut off or changed"
    }

    private static func fields(_ json: StrictJSON) -> [TokenExplanation.Field] {
        json.members(json.root).map { name, value in
            let raw = String(decoding: json.raw(value), as: UTF8.self)
            let text = json.kind(value) == .string ? "\"\(raw)\"" : raw
            return TokenExplanation.Field(
                name: DisplayText.of(json.string(name) ?? "", limit: 64), json: DisplayText.of(text, limit: 256))
        }
    }
}
