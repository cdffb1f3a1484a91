import Evidence

/// Settings by their dotted names: Spring, Micronaut, Quarkus and Ktor look a variable up for each.
enum SpringProperties {
    /// `jwt.secret` ← `JWT_SECRET`; `app.jwtSecret` ← `APP_JWTSECRET` (Spring Boot, "Relaxed Binding": dots become
    /// underscores, dashes go, letters become capitals), and `APP_JWT_SECRET`, as Micronaut and Quarkus have it and as
    /// people write.
    static func variables(of property: String) -> [String] {
        if EnvironmentHelper.isVariableName(property) { return [property] }
        var plain = ""
        var split = ""
        var previous: Character = "."
        for character in property {
            switch character {
            case ".", "_", "[", "]":
                plain += "_"
                split += "_"
            case "-": split += "_"
            default:
                if character.isUppercase, previous.isLowercase || previous.isNumber { split += "_" }
                plain += character.uppercased()
                split += character.uppercased()
            }
            previous = character
        }
        return plain == split ? [plain] : [plain, split]
    }

    /// `${jwt.secret:default}` with the place of the name and, where there is one, of the default.
    struct Placeholder {
        let name: String
        let offset: Int
        let fallback: String?
        let fallbackOffset: Int
    }

    /// Of a text that is one placeholder and nothing else.
    static func placeholder(_ text: String) -> Placeholder? {
        guard text.hasPrefix("${"), text.hasSuffix("}") else { return nil }
        let inner = text.dropFirst(2).dropLast()
        // `${a:${b:c}}` has its colon before the inner one.
        guard let colon = inner.firstIndex(of: ":") else {
            return Placeholder(name: String(inner), offset: 2, fallback: nil, fallbackOffset: 0)
        }
        let name = inner[..<colon]
        guard !name.contains("{") else { return nil }
        return Placeholder(
            name: String(name), offset: 2, fallback: String(inner[inner.index(after: colon)...]),
            fallbackOffset: 3 + name.unicodeScalars.count)
    }

    /// The alternatives of a placeholder; dotted names may stand in a settings file too, which is known by its name.
    static func expression(
        _ text: String, at position: SourcePosition, loader: String
    ) -> VariableRead? {
        guard let found = placeholder(text) else { return nil }
        func place(_ offset: Int) -> SourcePosition {
            SourcePosition(file: position.file, line: position.line, column: position.column + offset)
        }
        var fallback: Expression?
        if let word = found.fallback {
            let at = place(found.fallbackOffset)
            // `${a:${b}}` stays a placeholder, which `same` takes apart.
            fallback =
                word.hasPrefix("${")
                ? Expression(
                    .call(
                        Expression(.name("@Value"), at: at),
                        [.init(label: nil, value: Expression(.text(word), at: at.before), position: at)]), at: at)
                : Expression(.text(word), at: at)
        }
        return VariableRead(
            names: variables(of: found.name), position: place(found.offset), fallback: fallback,
            isRequired: fallback == nil, loader: named(loader, found.name))
    }

    /// A loader with the setting that it looks up, by which a settings file's line is found.
    private static func named(_ loader: String, _ property: String) -> String {
        EnvironmentHelper.isVariableName(property) ? loader : SettingsLinks.loader(loader, property)
    }

    // MARK: annotations

    static func annotated(
        _ name: String, _ arguments: [Expression.Argument], in scope: Scope, of reading: FileReading
    ) -> VariableRead? {
        switch name {
        case "@Value", "@Property":
            // `@Property(name = "jwt.secret")` of Micronaut
            if name == "@Property", let property = arguments.first(where: { $0.label == "name" })?.value {
                return self.property(
                    property, fallback: arguments.first { $0.label == "defaultValue" }?.value, isRequired: true,
                    loader: "@Property", in: scope, of: reading)
            }
            guard let value = arguments.first?.value, let text = value.text else { return nil }
            // Kotlin writes `\\$` for the dollar.
            let isEscaped = reading.dialect.language == .kotlin
            return expression(
                text, at: isEscaped ? value.position.after.after : value.position.after, loader: "@Value")
        case "@ConfigProperty":
            guard let property = arguments.first(where: { $0.label == "name" })?.value else { return nil }
            return self.property(
                property, fallback: arguments.first { $0.label == "defaultValue" }?.value, isRequired: true,
                loader: "@ConfigProperty", in: scope, of: reading)
        default: return nil
        }
    }

    static func property(
        _ name: Expression, fallback: Expression? = nil, isRequired: Bool, loader: String, in scope: Scope,
        of reading: FileReading
    ) -> VariableRead? {
        guard let text = reading.string(name, in: scope) else { return nil }
        return VariableRead(
            names: variables(of: text), position: name.position, fallback: fallback,
            isRequired: fallback == nil && isRequired, loader: named(loader, text))
    }

    /// A field of a class with `@ConfigurationProperties(prefix = "jwt")`.
    static func field(_ name: String, of type: TypeDeclaration, in scope: Scope) -> VariableRead? {
        for decorator in type.decorators {
            guard let annotation = decorator.calledName,
                ["@ConfigurationProperties", "@ConfigMapping", "@EachProperty"].contains(annotation)
            else { continue }
            let arguments = decorator.arguments
            let prefix =
                (arguments.first { $0.label == "prefix" || $0.label == "value" } ?? arguments.first)?.value.text
            guard let prefix, let binding = scope.bindings[name]?.first else { return nil }
            return VariableRead(
                names: variables(of: prefix + "." + name), position: binding.position, fallback: binding.value,
                loader: named("@ConfigurationProperties", prefix + "." + name))
        }
        return nil
    }
}

extension SourcePosition {
    /// One column further: behind an opening quotation mark.
    var after: SourcePosition { SourcePosition(file: file, line: line, column: column + 1) }
    /// One column back, where a text that has no quotation mark would have it.
    var before: SourcePosition { SourcePosition(file: file, line: line, column: max(1, column - 1)) }
}
