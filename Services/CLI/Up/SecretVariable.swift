import Foundation

/// Which variables hold secrets, by name: their values are passed on byte for byte and never printed.
enum SecretVariable {
    static func isSecret(_ name: String, value: String) -> Bool {
        let upper = name.uppercased()
        guard !upper.hasSuffix("_FILE"), !upper.hasSuffix("_STORE") else { return false }
        // An address is none, whatever its name; its password is masked by `masked`.
        guard !value.contains("://") else { return false }
        return ["SECRET", "PASSWORD", "PASSWD", "TOKEN", "CREDENTIAL", "PRIVATE"].contains { upper.contains($0) }
            || upper.hasSuffix("KEY") || upper.contains("_KEY_")
    }

    /// For a screen.
    static func masked(_ name: String, value: String) -> String {
        if value.isEmpty { return "" }
        if isSecret(name, value: value) { return "<set>" }
        // user:password@ in front of a host
        return value.replacing(/:\/\/([^\/@\s:]*):[^\/@\s]*@/) { "://\($0.1):<set>@" }
    }
}
