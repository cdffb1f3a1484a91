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
        switch name(of: workload) {
        case signer: return Role(signs: true, verifies: true)
        case let name? where verifying.contains(name): return Role(signs: false, verifies: true)
        default: return nil
        }
    }

    /// Whether it is one that never issues and is run for nothing else than the tokens of somebody beside it.
    static func needsIssuer(_ workload: Workload) -> Bool {
        name(of: workload).map(["postgrest", "graphql-engine"].contains) ?? false
    }

    private static let signer = "gotrue"
    /// Under which names `signer` and those who are run beside it for its tokens take their key.
    private static let variables: [String: Set<String>] = [
        signer: ["GOTRUE_JWT_SECRET", "GOTRUE_JWT_KEYS"], "postgrest": ["PGRST_JWT_SECRET"],
        "realtime": ["API_JWT_SECRET"], "storage-api": ["PGRST_JWT_SECRET", "AUTH_JWT_SECRET", "JWT_SECRET"],
    ]

    /// What shows that a workload lacks a key that it can't do without; nil where it has one, or may do without.
    static func need(of workload: Workload, in stack: Stack) -> String? {
        guard let name = name(of: workload), let variables = variables[name],
            !workload.assignments.contains(where: { assignment in
                let file = assignment.name.hasSuffix("_FILE") ? String(assignment.name.dropLast(5)) : assignment.name
                return variables.contains(file) && !assignment.value.isEmpty
            })
        else { return nil }
        if name == signer { return "its image \(name) signs them" }
        guard let auth = stack.workloads.first(where: { Self.name(of: $0) == signer }) else { return nil }
        return "its image \(name) verifies those of \(auth.name)"
    }

    private static func name(of workload: Workload) -> String? {
        guard let image = workload.image, let name = image.lowercased().split(separator: "/").last else { return nil }
        return String(name.prefix { $0 != ":" && $0 != "@" })
    }
}
