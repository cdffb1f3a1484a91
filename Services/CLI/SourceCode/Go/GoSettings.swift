import Evidence

/// What a file says once for all its reads: viper's prefix, names and defaults, the prefixes of envconfig and env.
struct GoSettings: Sendable {
    private struct Named: Sendable {
        let text: String
        let position: SourcePosition

        init?(_ expression: Expression) {
            guard let text = expression.text else { return nil }
            self.text = text
            position = expression.position
        }
    }

    private var viperPrefix = ""
    private var bound: [String: [Named]] = [:]
    private var defaults: [String: Named] = [:]
    private(set) var isAutomatic = false
    /// Of `envconfig.Process("app", …)`.
    private(set) var processPrefix = ""
    /// Of `env.Options{Prefix: "APP_"}`.
    private(set) var optionsPrefix = ""
    private var koanfPrefix = ""
    /// Whether go-jose is imported: its `Claims(key, …)` verifies, others' do not.
    private(set) var hasJose = false

    init(_ statements: [Statement]) { read(statements, depth: 0) }

    private mutating func read(_ statements: [Statement], depth: Int) {
        guard depth < 40 else { return }
        for statement in statements {
            switch statement {
            case .function(let function): read(function.body, depth: depth + 1)
            case .type(let type): read(type.body, depth: depth + 1)
            default:
                for expression in EnvironmentHelper.expressions(of: [statement]) {
                    for part in expression.all(limit: 200) { read(part) }
                }
            }
        }
    }

    private mutating func read(_ part: Expression) {
        if case .text(let text) = part.kind, text.contains("go-jose") { hasJose = true }
        guard case .call(let callee, let arguments) = part.kind, let name = callee.lastName else { return }
        let values = arguments.map(\.value)
        if name == "AutomaticEnv" { isAutomatic = true }
        guard let first = values.first else { return }
        switch name {
        case "SetEnvPrefix": viperPrefix = first.text.map { $0.uppercased() + "_" } ?? viperPrefix
        case "BindEnv":
            guard let key = first.text, values.count > 1 else { return }
            bound[key.lowercased()] = values.dropFirst().compactMap(Named.init)
        case "SetDefault" where values.count == 2:
            if let key = first.text { defaults[key.lowercased()] = Named(values[1]) }
        case "Process" where callee.path == "envconfig.Process",
            "MustProcess" where callee.path == "envconfig.MustProcess":
            if let prefix = first.text, !prefix.isEmpty { processPrefix = prefix.uppercased() + "_" }
        case "Options": if let prefix = arguments.members?["Prefix"]?.text { optionsPrefix = prefix }
        case "Provider" where callee.path == "env.Provider": koanfPrefix = first.text ?? ""
        default: return
        }
    }

    // MARK: keys

    /// The variables of a key, in the order in which they are tried.
    func variables(of key: String) -> [String] {
        if let names = bound[key.lowercased()], !names.isEmpty { return names.map(\.text) }
        return [viperPrefix + Self.variable(key)]
    }

    /// With the key, where a file of settings may have it too.
    static func loader(_ key: String) -> String { key.contains(".") ? SettingsLinks.loader("viper", key) : "viper" }

    /// The text of `SetDefault`, where there is one.
    func fallback(of key: String) -> Expression? {
        defaults[key.lowercased()].map { Expression(.text($0.text), at: $0.position) }
    }

    private static func variable(_ key: String) -> String {
        key.uppercased().map { $0 == "." || $0 == "-" ? "_" : String($0) }.joined()
    }

    private static let readers: Set<String> = ["GetString", "Get", "MustGet", "String", "MustString", "Bytes"]

    func read(_ expression: Expression, in scope: Scope, of reading: FileReading) -> VariableRead? {
        guard case .call(let callee, let arguments) = expression.kind, arguments.count == 1,
            case .member(let object, let name) = callee.kind, Self.readers.contains(name),
            let holder = object.lastName, let key = reading.string(arguments[0].value, in: scope)
        else { return nil }
        let isKoanf = name.hasSuffix("String") && ["k", "ko", "koanf"].contains(holder) && name != "GetString"
        if isKoanf {
            return VariableRead(
                names: [koanfPrefix + Self.variable(key)], position: arguments[0].value.position, emptyCounts: true,
                loader: "koanf")
        }
        guard holder == "v" && name != "String" || holder.lowercased().hasSuffix("viper") else { return nil }
        return VariableRead(
            names: variables(of: key),
            position: bound[key.lowercased()]?.first?.position ?? arguments[0].value.position,
            fallback: fallback(of: key), emptyCounts: true,
            loader: Self.loader(key))
    }
}
