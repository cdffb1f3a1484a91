import Secrets
import Tokens

/// A `TokenExplanation` for a terminal.
enum ExplanationText {
    static func lines(_ explanation: TokenExplanation) -> [String] {
        var lines = [explanation.identity == nil ? "not valid: \(explanation.verdict)" : "valid"]
        lines.append("  \(explanation.cause)")
        if !explanation.mend.isEmpty { lines += ["how to mend it", "  \(explanation.mend)"] }
        for fault in explanation.faults { lines.append("noticed: \(fault)") }
        lines.append("signed by")
        lines.append(
            "  \(explanation.signer?.words(held: explanation.held) ?? "no key that is held here, nor a known default")")
        lines += fields("header", explanation.header) + fields("claims", explanation.claims)
        lines.append("keys held here, from \(explanation.source)")
        if explanation.held.isEmpty { lines.append("  none") }
        for key in explanation.held {
            let retirement = key.retireAt.map { ", until \(Timestamp.text($0))" } ?? ""
            lines.append("  \(key.publishedID)  \(key.algorithm.rawValue)  \(key.state.rawValue)\(retirement)")
        }
        return lines
    }

    private static func fields(_ title: String, _ fields: [TokenExplanation.Field]) -> [String] {
        guard !fields.isEmpty else { return [] }
        let width = fields.map(\.name.count).max() ?? 0
        return [title]
            + fields.map { field in
                let padding = String(repeating: " ", count: width - field.name.count)
                return "  \(field.name)\(padding)  \(field.json)\(time(field))"
            }
    }

    /// Seconds since the epoch say little to a person.
    private static func time(_ field: TokenExplanation.Field) -> String {
        guard ["exp", "iat", "nbf", "auth_time"].contains(field.name), let seconds = Int64(field.json),
            (0..<253_402_300_800).contains(seconds)
        else { return "" }
        return "  (\(Timestamp.text(seconds)))"
    }
}

extension TokenSigner {
    func words(held: [TokenExplanation.HeldKey]) -> String {
        func shown(_ id: KeyID) -> String { held.first { $0.id == id }?.publishedID ?? id.rawValue }
        return switch self {
        case .held(let id): "\(shown(id)), which is held here"
        case .heldUnder(let id, let algorithm):
            "\(shown(id)), under \(algorithm.rawValue), which is not its algorithm"
        case .variant(let id, let difference): "the secret of \(shown(id)) \(difference)"
        case .publicKeyAsSecret(let id): "anybody: the secret is the text of the public key \(shown(id))"
        case .developmentFallback: "the development fallback, which is not held here"
        case .publishedSample: "a sample secret that stands in public documents"
        }
    }
}
