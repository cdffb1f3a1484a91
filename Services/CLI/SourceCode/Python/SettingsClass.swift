import Evidence

/// A settings class of pydantic (1 and 2): each annotated field is filled from a variable of its own name in upper case,
/// with the class's prefix, or from the names that the field gives.
struct SettingsClass {
    private let type: TypeDeclaration
    private let scope: Scope
    private let reading: FileReading

    init?(_ type: TypeDeclaration, scope: Scope, reading: FileReading) {
        guard Self.isSettings(type, scope: scope, depth: 0) else { return nil }
        self.type = type
        self.scope = scope
        self.reading = reading
    }

    private static func isSettings(_ type: TypeDeclaration, scope: Scope, depth: Int) -> Bool {
        depth < 6
            && type.bases.contains { base in
                guard let name = base.path?.split(separator: ".").last.map(String.init) else { return false }
                if name.hasSuffix("BaseSettings") { return true }
                guard let parent = scope.holder(of: name) else { return name.hasSuffix("Settings") }
                if let other = parent.types[name] { return isSettings(other, scope: scope, depth: depth + 1) }
                // A base from another file: its name is all there is.
                return name.hasSuffix("Settings") && parent.imports[name] != nil
            }
    }

    func field(_ name: String) -> VariableRead? {
        guard let binding = scope.bindings[name]?.first, name != "model_config", !name.hasPrefix("_") else {
            return nil
        }
        let value = binding.value
        let field: [Expression.Argument]? =
            if case .call(let callee, let arguments)? = value?.kind,
                callee.path?.split(separator: ".").last == "Field"
            {
                arguments
            } else {
                nil
            }
        let aliases = field.map { given(by: $0) } ?? []
        let names = aliases.isEmpty ? environmentNames(of: name) : aliases
        let fallback = field.map { fallbackValue(of: $0) } ?? value
        let isRequired = fallback == nil || fallback?.kindIsEllipsis == true
        return VariableRead(
            names: names, position: binding.position, fallback: isRequired ? nil : fallback, isRequired: isRequired,
            loader: "pydantic settings")
    }

    private func fallbackValue(of arguments: [Expression.Argument]) -> Expression? {
        if let factory = arguments.value("default_factory") {
            guard case .function(let function) = factory.kind else {
                return Expression(.call(factory, []), at: factory.position)
            }
            return FileReading.returns(of: function.body).first
        }
        return arguments.value("default", at: 0)
    }

    /// `validation_alias`, pydantic 1's `env`, and `alias`, which counts without the prefix.
    private func given(by arguments: [Expression.Argument]) -> [String] {
        for label in ["validation_alias", "env", "alias"] {
            guard let value = arguments.value(label) else { continue }
            if case .call(let callee, let choices) = value.kind,
                callee.path?.split(separator: ".").last == "AliasChoices"
            {
                return choices.compactMap { reading.string($0.value, in: scope) }
            }
            let names = reading.strings(value, in: scope)
            if !names.isEmpty { return names.map { isCaseSensitive ? $0 : $0.uppercased() } }
        }
        // pydantic 1: `class Config: fields = {"secret": {"env": "JWT_SECRET"}}`
        return []
    }

    private func environmentNames(of name: String) -> [String] {
        if let fields = setting("fields")?.entries, let own = fields[name] {
            let value = own.entries?["env"] ?? own
            let names = reading.strings(value, in: scope)
            if !names.isEmpty { return names }
        }
        let prefix = setting("env_prefix").flatMap { reading.string($0, in: scope) } ?? ""
        return [isCaseSensitive ? prefix + name : (prefix + name).uppercased()]
    }

    private var isCaseSensitive: Bool { setting("case_sensitive")?.name == "True" }

    /// A setting of the class itself: `model_config = SettingsConfigDict(…)`, `class Config:`, or a keyword of the class.
    private func setting(_ name: String) -> Expression? {
        if case .call(_, let arguments)? = scope.bindings["model_config"]?.first?.value?.kind {
            return arguments.value(name)
        }
        if let entries = scope.bindings["model_config"]?.first?.value?.entries { return entries[name] }
        if let config = scope.types["Config"], let inner = reading.scope(of: config),
            let value = inner.bindings[name]?.first?.value
        {
            return value
        }
        return name == "env_prefix" ? scope.bindings[name]?.first?.value : nil
    }
}

extension Expression {
    /// `...`, which says that a field is required.
    fileprivate var kindIsEllipsis: Bool { if case .other = kind { true } else { false } }
}
