import Evidence

/// Fields that a library fills from variables, by their tags: caarlos0/env, kelseyhightower and sethvargo/envconfig,
/// cleanenv, and viper's mapstructure. A field's tag comes as the call `tag("…")`.
enum GoTags {
    private typealias Tags = [String: Expression]

    static func read(
        _ call: Expression, in scope: Scope, of reading: FileReading, _ settings: GoSettings
    ) -> VariableRead? {
        guard let literal = call.arguments.first?.value, let text = literal.text else { return nil }
        let tags = tags(of: text, at: literal.position)
        let type = scope.type.flatMap { scope -> TypeDeclaration? in
            if case .type(let type) = scope.kind { return type }
            return nil
        }
        let holder = type.map { holding($0, in: reading) } ?? [:]
        if let tag = tags["env"], let text = tag.text {
            return environment(text, tag, tags, prefix: settings.optionsPrefix + prefix(of: holder))
        }
        let isRequired = tags["required"]?.text == "true"
        if let tag = tags["envconfig"], let name = tag.text?.uppercased(), !name.isEmpty {
            // envconfig tries the tag's own name where the prefixed one is not set.
            let names = settings.processPrefix.isEmpty ? [name] : [settings.processPrefix + name, name]
            return VariableRead(
                names: names, position: tag.position, fallback: tags["default"], isRequired: isRequired,
                loader: "envconfig")
        }
        if let tag = tags["split_words"], tag.text == "true", let field = field(of: call, in: scope) {
            return VariableRead(
                names: [settings.processPrefix + split(field)], position: tag.position, fallback: tags["default"],
                isRequired: isRequired, loader: "envconfig")
        }
        if let tag = tags["mapstructure"], settings.isAutomatic, let key = tag.text, !key.contains(",") {
            let outer = holder["mapstructure"]?.text.map { $0 + "." } ?? ""
            let names = settings.variables(of: outer + key)
            return VariableRead(
                names: names, position: tag.position, fallback: settings.fallback(of: outer + key), emptyCounts: true,
                loader: GoSettings.loader(outer + key))
        }
        return nil
    }

    /// `env:"X,required"`, `env:"X, default=d"`, `env:"X" envDefault:"d"`, `env:"X" env-default:"d"`
    private static func environment(_ text: String, _ tag: Expression, _ tags: Tags, prefix: String) -> VariableRead? {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { trimmed($0) }
        guard let name = parts.first, !name.isEmpty else { return nil }
        let options = parts.dropFirst()
        var fallback = tags["envDefault"] ?? tags["env-default"]
        if let option = options.first(where: { $0.hasPrefix("default=") }) {
            fallback = Expression(.text(String(option.dropFirst("default=".count))), at: tag.position)
        }
        let isRequired =
            options.contains { $0 == "required" || $0 == "notEmpty" } || tags["env-required"]?.text == "true"
        let isClean = tags["env-default"] != nil || tags["env-required"] != nil
        return VariableRead(
            names: [prefix + name], position: tag.position, fallback: fallback,
            emptyCounts: options.contains("notEmpty"),
            isRequired: isRequired, loader: isClean ? "cleanenv" : "env tag")
    }

    private static func trimmed(_ part: Substring) -> String {
        var part = part
        while part.first == " " { part.removeFirst() }
        while part.last == " " { part.removeLast() }
        return String(part)
    }

    /// `key:"value"` pairs, each with the place of its value in the file.
    private static func tags(of text: String, at start: SourcePosition) -> Tags {
        var tags: Tags = [:]
        let characters = Array(text.unicodeScalars)
        var index = 0
        while index < characters.count {
            guard characters[index] != " " else {
                index += 1
                continue
            }
            var key = ""
            while index < characters.count, characters[index] != ":", characters[index] != " " {
                key.unicodeScalars.append(characters[index])
                index += 1
            }
            guard index + 1 < characters.count, characters[index] == ":", characters[index + 1] == "\"" else { break }
            index += 2
            let begin = index
            var value = ""
            while index < characters.count, characters[index] != "\"" {
                if characters[index] == "\\", index + 1 < characters.count { index += 1 }
                value.unicodeScalars.append(characters[index])
                index += 1
            }
            index += 1
            let position = SourcePosition(file: start.file, line: start.line, column: start.column + 1 + begin)
            tags[key] = Expression(.text(value), at: position)
        }
        return tags
    }

    // MARK: the struct around

    /// The tags of the field whose type this struct is.
    private static func holding(_ type: TypeDeclaration, in reading: FileReading) -> Tags {
        for case .type(let other) in reading.statements where other !== type {
            for case .bind(_, let value?, _) in other.body {
                guard case .call(let callee, let arguments) = value.kind, callee.name == "tag", arguments.count == 2,
                    arguments[1].value.name == type.name, let text = arguments[0].value.text
                else { continue }
                return tags(of: text, at: arguments[0].value.position)
            }
        }
        return [:]
    }

    private static func prefix(of holder: Tags) -> String {
        if let tag = holder["envPrefix"] ?? holder["env-prefix"], let text = tag.text { return text }
        guard let text = holder["env"]?.text else { return "" }
        let option = text.split(separator: ",").map { trimmed($0) }.first { $0.hasPrefix("prefix=") }
        return option.map { String($0.dropFirst("prefix=".count)) } ?? ""
    }

    private static func field(of call: Expression, in scope: Scope) -> String? {
        guard let type = scope.type else { return nil }
        return type.bindings.first { $0.value.contains { $0.value?.position == call.position } }?.key
    }

    /// `JWTSecret` → `JWT_SECRET`
    private static func split(_ name: String) -> String {
        let characters = Array(name)
        var result = ""
        for (index, character) in characters.enumerated() {
            if index > 0, character.isUppercase,
                characters[index - 1].isLowercase || index + 1 < characters.count && characters[index + 1].isLowercase
            {
                result += "_"
            }
            result += character.uppercased()
        }
        return result
    }
}
