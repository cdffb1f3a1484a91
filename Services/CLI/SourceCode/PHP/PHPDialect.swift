import Evidence

struct PHPDialect: Dialect {
    let language = SourceFacts.Language.php

    // MARK: reads

    func variable(_ expression: Expression, in scope: Scope, of reading: FileReading) -> VariableRead? {
        switch expression.kind {
        case .index(let object, let index):
            guard let holder = object.name, holder == "_ENV" || holder == "_SERVER",
                let name = reading.string(index, in: scope), EnvironmentHelper.isVariableName(name)
            else { return nil }
            return VariableRead(names: [name], position: index.position, loader: "$" + holder)
        case .call(let callee, let arguments):
            guard let name = callee.lastName, let first = arguments.first?.value else { return nil }
            if callee.name == "Autowire" { return autowired(arguments, in: scope, of: reading) }
            let second = arguments.count > 1 ? arguments[1].value : nil
            let isReader = callee.name == "getenv" || callee.name == "env" || callee.path == "Env.get"
            if isReader, let variable = reading.string(first, in: scope) {
                // `getenv` has no default: its second argument says where to look.
                return VariableRead(
                    names: [variable], position: first.position, fallback: name == "getenv" ? nil : second, loader: name
                )
            }
            return EnvironmentHelper.read(expression, in: scope, of: reading)
        default: return nil
        }
    }

    /// Symfony: `#[Autowire(env: 'JWT_SECRET')]`, `#[Autowire('%env(JWT_SECRET)%')]`
    private func autowired(
        _ arguments: [Expression.Argument], in scope: Scope, of reading: FileReading
    ) -> VariableRead? {
        guard let first = arguments.first, let text = first.value.text else { return nil }
        if first.label == "env" {
            return VariableRead(names: [text], position: first.value.position, isRequired: true, loader: "#[Autowire]")
        }
        guard let found = SymfonySettings.variable(in: text) else { return nil }
        let start = first.value.position
        let position = SourcePosition(file: start.file, line: start.line, column: start.column + 1 + found.offset)
        return VariableRead(names: [found.name], position: position, isRequired: true, loader: "#[Autowire]")
    }

    // MARK: forms

    private static let keeping: Set<String> = [
        "base64_decode", "trim", "strval", "hex2bin", "plainText", "base64Encoded", "Key", "rtrim", "InMemory",
        "utf8_encode",
    ]

    func same(_ expression: Expression, in scope: Scope, of reading: FileReading) -> Expression? {
        guard case .call(let callee, let arguments) = expression.kind, let name = callee.lastName,
            let first = arguments.first?.value
        else { return nil }
        if callee.name == "config" || callee.path == "Config.get", let setting = first.text {
            // The name of a setting, by which its file is found.
            var value = Expression(.name(""), at: first.position)
            for (index, part) in setting.split(separator: ".").enumerated() {
                value = Expression(
                    index == 0 ? .name("config:" + part) : .member(value, String(part)), at: first.position)
            }
            guard arguments.count > 1 else { return value }
            return Expression(.either([value, arguments[1].value], emptyCounts: false), at: expression.position)
        }
        return Self.keeping.contains(name) ? first : nil
    }

    func computation(
        _ expression: Expression, in scope: Scope, of reading: FileReading
    ) -> (how: String, from: [Expression])? {
        guard case .call(let callee, let arguments) = expression.kind, let name = callee.name else { return nil }
        let values = arguments.map(\.value)
        switch name {
        case "hash", "md5", "sha1", "openssl_digest", "hash_pbkdf2", "base64_encode", "bin2hex", "sprintf":
            return (name, values)
        case "random_bytes", "uniqid", "openssl_random_pseudo_bytes": return (name, [])
        default: return nil
        }
    }

    private static let pairs: Set<String> = [
        "openssl_pkey_get_private", "openssl_pkey_get_public", "parseKeySet", "parseKey", "CachedKeySet",
        "forAsymmetricSigner", "file", "openssl_get_publickey", "openssl_get_privatekey",
    ]

    func isAsymmetric(_ expression: Expression, in scope: Scope, of reading: FileReading) -> Bool {
        expression.calledName.map(Self.pairs.contains) ?? false
    }

    func visit(_ expression: Expression, in scope: Scope, of reading: FileReading) {
        PHPTokenUses(call: expression, scope: scope, reading: reading).tell()
        guard case .call(let callee, let arguments) = expression.kind else { return }
        if callee.name == "define", arguments.count == 2, let name = reading.string(arguments[0].value, in: scope) {
            reading.tell(arguments[1].value, as: name, in: scope, word: name)
        }
        if callee.path == "App.environment" || callee.lastName == "environment" && callee.object?.calledName == "app" {
            reading.tellEnvironmentOnce("APP_ENV", fallback: nil, at: expression.position)
        }
    }
}
