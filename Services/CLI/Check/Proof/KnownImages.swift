import Evidence

/// What programs that everybody knows do with the secret that they are given, by the last part of their image's name.
enum KnownImages {
    struct Role {
        let signs: Bool
        let verifies: Bool
    }

    private static let verifying: Set<String> = [
        "postgrest", "realtime", "storage-api", "graphql-engine", "edge-runtime", "centrifugo", "mercure", "krakend",
        "documentserver",
    ]

    /// Nil for an image that nothing is known of.
    static func role(of workload: Workload) -> Role? {
        guard let image = workload.image, let name = image.lowercased().split(separator: "/").last else { return nil }
        switch String(name.prefix { $0 != ":" && $0 != "@" }) {
        case "gotrue": return Role(signs: true, verifies: true)
        case let name where verifying.contains(name): return Role(signs: false, verifies: true)
        default: return nil
        }
    }
}
