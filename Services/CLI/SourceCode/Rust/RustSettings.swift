import Evidence

/// What a file tells the crates that take settings from variables: prefixes and separators.
struct RustSettings: Sendable {
    /// Of `envy::from_env`, `envy::prefixed("APP_")` and figment's `Env::prefixed`; nil where none is used.
    private(set) var structPrefix: String?
    private var configPrefix = ""
    private var separator = "_"

    init(_ statements: [Statement]) {
        for part in Self.expressions(of: statements, depth: 0).flatMap({ $0.all(limit: 200) }) {
            guard case .call(let callee, let arguments) = part.kind, let path = callee.path ?? callee.lastName else {
                continue
            }
            let text = arguments.first?.value.text
            switch path {
            case "envy.from_env", "Env.raw": structPrefix = structPrefix ?? ""
            case "envy.prefixed", "Env.prefixed": structPrefix = text ?? ""
            case "Environment.with_prefix", "config.Environment.with_prefix":
                configPrefix = (text ?? "").uppercased() + "_"
            case "separator": separator = text ?? separator
            default: continue
            }
        }
    }

    private static func expressions(of statements: [Statement], depth: Int) -> [Expression] {
        guard depth < 20 else { return [] }
        return statements.flatMap { statement -> [Expression] in
            switch statement {
            case .function(let function): expressions(of: function.body, depth: depth + 1)
            case .type(let type): expressions(of: type.body, depth: depth + 1)
            default: EnvironmentHelper.expressions(of: [statement])
            }
        }
    }

    /// The variable of `jwt.secret`.
    func variable(of key: String) -> String {
        configPrefix + key.split(separator: ".").map { $0.uppercased() }.joined(separator: separator)
    }
}
