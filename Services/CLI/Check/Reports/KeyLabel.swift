import Evidence
import Secrets

extension KeyOutcome {
    /// As tables and pictures show it: the kid of a strong text, the reference, or why there is none. Never the value,
    /// and of a weak one no kid, since that would confirm a guess.
    package var shown: String {
        switch self {
        case .key(let key): key.shown
        case .missing: "none"
        case .undetermined, .open: "not in the files"
        case .asymmetric: "public keys"
        case .refused(let code, _): "refused: \(code)"
        }
    }
}

extension EffectiveKey {
    package var shown: String {
        switch way {
        case .codeDefault: return "default in code"
        case .computed: return "made in code"
        case .developmentFallback: return "development fallback"
        case .variable:
            guard let text = value.literal else { return value.shown }
            guard SecretQuality.fault(of: text) == nil else { return "weak text, \(text.utf8.count) bytes" }
            return "kid \(KeyID.derived(from: SecretBytes(utf8: text)).rawValue)"
        }
    }
}
