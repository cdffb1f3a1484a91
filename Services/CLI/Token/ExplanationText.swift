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
        lines.append("  \(explanation.signer?.words ?? "no key that is held here, nor a known default")")
        lines += fields("header", explanation.header) + fields("claims", explanation.claims)
        lines.append("keys held here, from \(explanation.source)")
        if explanation.held.isEmpty { lines.append("  none") }
        for key in explanation.held {
            let retirement = key.retireAt.map { ", until \(Timestamp.text($0))" } ?? ""
            lines.append("  \(key.id)  \(key.algorithm.rawValue)  \(key.state.rawValue)\(retirement)")
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
    var words: String {
        switch self {
        case .held(let id): "\(id), which is held here"
        case .heldUnder(let id, let algorithm): "\(id), under \(algorithm.rawValue), which is not its algorithm"
        case .variant(let id, let difference): "the secret of \(id) \(difference)"
        case .developmentFallback: "the development fallback, which is not held here"
        case .publishedSample: "a sample secret that stands in public documents"
        }
    }
}
