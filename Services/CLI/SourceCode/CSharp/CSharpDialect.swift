import Evidence

struct CSharpDialect: Dialect {
    let language = SourceFacts.Language.csharp

    // MARK: reads

    func variable(_ expression: Expression, in scope: Scope, of reading: FileReading) -> VariableRead? {
        switch expression.kind {
        case .index(let object, let index):
            guard let key = reading.string(index, in: scope), let section = section(object, in: scope, of: reading)
            else {
                return nil
            }
            return setting(section + key, at: index.position)
        case .member(let object, let name):
            // `configuration.GetSection("Jwt:Key").Value`
            guard name == "Value", object.calledName == "GetSection" || object.calledName == "GetRequiredSection",
                let section = section(object, in: scope, of: reading), let first = object.arguments.first?.value
            else { return nil }
            return setting(String(section.dropLast()), at: first.position)
        case .call(let callee, let arguments):
            guard let name = callee.lastName, let first = arguments.first?.value else { return nil }
            if name == "GetEnvironmentVariable" {
                return reading.string(first, in: scope).map {
                    VariableRead(names: [$0], position: first.position, loader: "Environment.GetEnvironmentVariable")
                }
            }
            if name == "GetValue" || name == "GetRequiredValue", let object = callee.object,
                let section = section(object, in: scope, of: reading), let key = reading.string(first, in: scope)
            {
                return setting(
                    section + key, at: first.position, fallback: arguments.count > 1 ? arguments[1].value : nil)
            }
            return EnvironmentHelper.read(expression, in: scope, of: reading)
        default: return nil
        }
    }

    /// The settings that an object holds, with a colon behind: empty for the whole configuration.
    private func section(_ object: Expression, in scope: Scope, of reading: FileReading, depth: Int = 0) -> String? {
        guard depth < 6 else { return nil }
        if case .call(let callee, let arguments) = object.kind, let name = callee.lastName {
            guard name == "GetSection" || name == "GetRequiredSection", let inner = callee.object,
                let first = arguments.first?.value, let key = reading.string(first, in: scope),
                let outer = section(inner, in: scope, of: reading, depth: depth + 1)
            else { return nil }
            return outer + key + ":"
        }
        let meaning = reading.meaning(of: object, in: scope)
        if case .call = meaning.kind, meaning.calledName?.hasSuffix("Section") ?? false {
            return section(meaning, in: scope, of: reading, depth: depth + 1)
        }
        let name = (object.lastName ?? "").lowercased()
        return name.hasSuffix("configuration") || name.hasSuffix("config") ? "" : nil
    }

    /// `Jwt:Key` ← `Jwt__Key`, in whatever case: names of settings have none, and people write both.
    private func setting(_ key: String, at position: SourcePosition, fallback: Expression? = nil) -> VariableRead? {
        Self.setting(key, at: position, fallback: fallback, loader: "IConfiguration")
    }

    private static func setting(
        _ key: String, at position: SourcePosition, fallback: Expression?, loader: String
    ) -> VariableRead {
        let name = key.split(separator: ":").joined(separator: "__")
        let names = name.uppercased() == name ? [name] : [name, name.uppercased()]
        return VariableRead(
            names: names, position: position, fallback: fallback, loader: SettingsLinks.loader(loader, key))
    }

    /// A property of an options class, which is bound to the section that it names or is named after.
    func field(_ name: String, of type: TypeDeclaration, in scope: Scope, of reading: FileReading) -> VariableRead? {
        guard let ending = ["Options", "Settings", "Configuration", "Config"].first(where: type.name.hasSuffix),
            let binding = scope.bindings[name]?.first, binding.value == nil || binding.value?.text != nil
        else { return nil }
        let constants = ["SectionName", "Section", "Position", "Key"].compactMap {
            scope.bindings[$0]?.first?.value?.text
        }
        let section = constants.first ?? (ending == "Options" ? String(type.name.dropLast(ending.count)) : type.name)
        let key = section + ":" + name
        guard !section.isEmpty, SigningSecretName.isOfInterest(key) else { return nil }
        return Self.setting(key, at: binding.position, fallback: binding.value, loader: "options")
    }

    // MARK: forms

    private static let keeping: Set<String> = [
        "GetBytes", "SymmetricSecurityKey", "FromBase64String", "SigningCredentials", "Base64UrlDecode", "DecodeBytes",
        "FromHexString", "HMACSHA256", "HMACSHA384", "HMACSHA512",
    ]

    func same(_ expression: Expression, in scope: Scope, of reading: FileReading) -> Expression? {
        if ["string.Empty", "String.Empty"].contains(expression.path) {
            return Expression(.text(""), at: expression.position)
        }
        guard case .call(let callee, let arguments) = expression.kind, let name = callee.lastName else { return nil }
        if Self.keeping.contains(name) { return arguments.first?.value }
        return ["Trim", "ToString", "ToCharArray"].contains(name) && arguments.isEmpty ? expression.object : nil
    }

    func computation(
        _ expression: Expression, in scope: Scope, of reading: FileReading
    ) -> (how: String, from: [Expression])? {
        guard case .call(let callee, let arguments) = expression.kind, let name = callee.lastName else { return nil }
        switch name {
        case "HashData", "ComputeHash", "Rfc2898DeriveBytes", "DeriveKey", "Pbkdf2":
            return (name, arguments.map(\.value))
        case "NewGuid", "GenerateKey": return (name, [])
        case "GetBytes" where expression.root == "RandomNumberGenerator": return ("random bytes", [])
        default: return nil
        }
    }

    private static let pairs: Set<String> = [
        "RsaSecurityKey", "X509SecurityKey", "ECDsaSecurityKey", "JsonWebKey", "JsonWebKeySet", "X509Certificate2",
    ]

    func isAsymmetric(_ expression: Expression, in scope: Scope, of reading: FileReading) -> Bool {
        expression.calledName.map(Self.pairs.contains) ?? false
    }

    func visit(_ expression: Expression, in scope: Scope, of reading: FileReading) {
        CSharpTokenUses(call: expression, scope: scope, reading: reading).tell()
        guard let name = expression.calledName else { return }
        if ["IsDevelopment", "IsProduction", "IsStaging", "IsEnvironment"].contains(name) {
            reading.tellEnvironmentOnce("ASPNETCORE_ENVIRONMENT", fallback: "Production", at: expression.position)
        }
    }

    func visit(
        binding name: String, to value: Expression, at position: SourcePosition, in scope: Scope,
        of reading: FileReading
    ) {
        Lifetimes.tell(name, value, at: position, in: scope, of: reading)
        if name.contains(".") { reading.widen(name, value, in: scope) }
        if name.hasSuffix(".Authority") {
            // Keys come from the issuer's own address.
            let key = KeyExpression([.asymmetric(name, position)])
            reading.facts.uses.append(TokenUse(.verify, call: "Authority", key: key, keyName: name, at: position))
        }
    }
}
