import Evidence

/// `application.yml`, `application-prod.properties`, `bootstrap.yml`, Ktor's `application.conf`: which variable each
/// setting takes, and with which default.
struct JavaSettingsReader: SourceReader {
    let endings: Set<String> = []

    func reads(fileNamed name: String) -> Bool {
        guard name.hasPrefix("application") || name.hasPrefix("bootstrap") || name == "microprofile-config.properties"
        else { return false }
        return [".yml", ".yaml", ".properties", ".conf"].contains { name.hasSuffix($0) }
    }

    func reads(path: String) -> Bool {
        reads(fileNamed: SourceTree.name(of: path)) || ConfigurationServer.holds(path)
    }

    func facts(of text: String, file: String) -> SourceFacts {
        var facts = SourceFacts(file: file, language: .settings)
        if ConfigurationServer.holds(file), ProgramSettingsReader.isManifest(text) { return facts }
        let lines = SettingsLines.of(text, file: file)
        for (index, line) in lines.enumerated() {
            // HOCON: what comes later overrides, where it is set.
            let earlier = lines[..<index].last { $0.path == line.path }
            let isOverridden = file.hasSuffix(".conf") && lines[(index + 1)...].contains { $0.path == line.path }
            if !isOverridden { read(line, earlier: file.hasSuffix(".conf") ? earlier : nil, into: &facts) }
        }
        return facts
    }

    private func read(_ line: SettingsLine, earlier: SettingsLine?, into facts: inout SourceFacts) {
        let found = alternatives(line, earlier: earlier)
        let variables = found.alternatives.compactMap { if case .variable(let name, _, _) = $0 { name } else { nil } }
        if line.path.hasSuffix("profiles.active") || line.path == "ktor.environment", let name = variables.first {
            let fallback = found.alternatives.compactMap { if case .literal(let text, _) = $0 { text } else { nil } }
                .first
            facts.environmentReads.append(EnvironmentRead(name, fallback: fallback, at: found.alternatives[0].position))
        }
        if let name = Self.pairs.first(where: { line.path.lowercased().hasSuffix($0) }) {
            let key = KeyExpression([.asymmetric(line.path, line.position)])
            facts.uses.append(
                TokenUse(.verify, call: name, key: key, keyName: line.path, at: line.position))
            return
        }
        if let (kind, unit) = DurationNames.kind(of: line.path) {
            let seconds =
                DurationNames.seconds(line.value) ?? unit.flatMap { unit in Double(line.value).map { $0 * unit } }
            if let seconds, seconds >= 1, seconds < 1e9 {
                facts.durations.append(
                    TokenDuration(kind, seconds: Int64(seconds), name: line.path, at: line.position))
            }
        }
        let words = line.path.split(separator: ".").suffix(2).joined(separator: ".")
        let isNamed = line.value.contains("${") && variables.contains(where: SigningSecretName.isOfInterest)
        let isSecret = isNamed || SigningSecretName.isOfInterest(words)
        guard isSecret, !line.path.hasSuffix("-uri"), let first = found.alternatives.first else { return }
        let expression = KeyExpression(found.alternatives, isRequired: found.isRequired)
        facts.reads.append(
            SecretRead(expression, bound: line.path, loader: "settings", at: first.position))
        // Micronaut signs and verifies with it by itself.
        if line.path.contains("token.jwt.signatures.secret"), line.path.hasSuffix(".secret") {
            for action in [TokenUse.Action.sign, .verify] {
                facts.uses.append(
                    TokenUse(action, call: line.path, key: expression, keyName: line.path, at: line.position))
            }
        }
    }

    /// Settings that say where public keys are.
    private static let pairs = [
        "jwt.jwk-set-uri", "jwt.issuer-uri", "jwt.public-key-location", "mp.jwt.verify.publickey.location",
        "smallrye.jwt.sign.key.location", "mp.jwt.verify.publickey", "quarkus.oidc.auth-server-url",
    ]

    private func alternatives(
        _ line: SettingsLine, earlier: SettingsLine?
    ) -> (alternatives: [KeyExpression.Alternative], isRequired: Bool) {
        var list: [KeyExpression.Alternative] = []
        var isRequired = false
        var text = line.value
        var position = line.valuePosition
        var isOptional = false
        // `${A:${B:default}}`
        for _ in 0..<6 {
            var word = text
            if word.hasPrefix("${?") {
                isOptional = true
                word = "${" + word.dropFirst(3)
            }
            guard let found = SpringProperties.placeholder(word) else {
                if !text.isEmpty, !text.contains("${") { list.append(.literal(text, position)) }
                break
            }
            let at = moved(position, by: found.offset + (isOptional ? 1 : 0))
            // A name in small letters is another setting.
            if EnvironmentHelper.isVariableName(found.name) {
                list.append(.variable(found.name, emptyCounts: false, at))
            } else {
                list += SpringProperties.variables(of: found.name).map { .variable($0, emptyCounts: false, at) }
            }
            guard let fallback = found.fallback else {
                isRequired = !isOptional
                break
            }
            position = moved(position, by: found.fallbackOffset)
            text = fallback
            if text.isEmpty { break }
        }
        if let earlier { list += alternatives(earlier, earlier: nil).alternatives }
        if list.allSatisfy({ if case .literal = $0 { true } else { false } }), !list.isEmpty {
            // A variable overrides what the file says.
            let file = line.position.file
            if !file.hasSuffix(".conf") {
                list =
                    SpringProperties.variables(of: line.path).map { .variable($0, emptyCounts: false, line.position) }
                    + list
            }
        }
        return (list, isRequired)
    }

    private func moved(_ position: SourcePosition, by columns: Int) -> SourcePosition {
        SourcePosition(file: position.file, line: position.line, column: position.column + columns)
    }
}
