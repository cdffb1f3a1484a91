import HTTPTypes
import PlantKit
import Secrets
import Tokens

/// Header values with nothing in them that opens a door: of a credential its scheme and its key's name are shown.
enum CredentialRedaction {
    /// A name with one of these in it carries a credential; rather one too many.
    private static let words = ["authorization", "assertion", "cookie", "token", "secret", "key", "credential", "auth"]

    static func shown(_ field: HTTPField) -> String {
        let name = field.name.canonicalName
        guard words.contains(where: name.contains) || looksLikeToken(field.value) else { return field.value }
        return redacted(field.value)
    }

    /// `Bearer <redacted, kid k1>`; a value of one word has no scheme to show.
    static func redacted(_ value: String) -> String {
        let words = value.split(separator: " ", omittingEmptySubsequences: true)
        let credential = words.last.map(String.init) ?? ""
        let kid = keyID(of: credential).map { ", kid \($0)" } ?? ""
        let scheme = words.count > 1 && words[0].allSatisfy(\.isLetter) ? "\(words[0]) " : ""
        return "\(scheme)<redacted\(kid)>"
    }

    /// Three parts between dots, the first of which is a JOSE header.
    private static func looksLikeToken(_ value: String) -> Bool {
        value.split(separator: " ").contains { word in
            let parts = word.split(separator: ".", omittingEmptySubsequences: false)
            return parts.count == 3 && parts[0].hasPrefix("eyJ")
        }
    }

    private static func keyID(of token: String) -> String? {
        guard let header = token.split(separator: ".").first.flatMap({ Base64URL.decode(String($0)) }),
            let json = try? StrictJSON(header, limits: StrictJSON.Limits(bytes: 1024)),
            let kid = json.member(json.root, "kid").flatMap(json.string), TextRule.isIdentifier(kid)
        else { return nil }
        return kid
    }
}
