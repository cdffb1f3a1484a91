import Secrets

/// What Lockstep's own rules say of a value as an HS256 secret.
enum SecretQuality {
    enum Fault: Equatable {
        case short(bytes: Int)
        case placeholder
        case weak
    }

    /// Nil for one that a service would take in production.
    static func fault(of text: String) -> Fault? {
        let secret = SecretBytes(utf8: text)
        do throws(SecretError) {
            try KeyRules.check(secret, algorithm: .hs256, environment: .production, label: "")
            return nil
        } catch {
            switch error.code {
            case "secret_too_short": return .short(bytes: secret.count)
            case "secret_weak": return .weak
            default: return .placeholder
            }
        }
    }
}
