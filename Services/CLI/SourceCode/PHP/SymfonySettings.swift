import Evidence
import Foundation

/// Symfony's `services.yaml` and `lexik_jwt_authentication.yaml`, where a variable stands as `%env(NAME)%`.
struct SymfonySettings: SourceReader {
    let endings: Set<String> = []

    func reads(fileNamed name: String) -> Bool {
        ["services.yaml", "services.yml", "lexik_jwt_authentication.yaml", "lexik_jwt_authentication.yml"].contains(
            name)
    }

    /// The variable of `%env(NAME)%` and `%env(resolve:NAME)%`, and where in the text its name begins.
    static func variable(in text: String) -> (name: String, offset: Int)? {
        guard let start = text.range(of: "%env(") else { return nil }
        let inner = text[start.upperBound...].prefix { $0 != ")" }
        let name = inner.split(separator: ":").last.map(String.init) ?? ""
        guard EnvironmentHelper.isVariableName(name), text[start.upperBound...].contains(")%") else { return nil }
        let before =
            text[..<start.upperBound].unicodeScalars.count + inner.unicodeScalars.count - name.unicodeScalars.count
        return (name, before)
    }

    func facts(of text: String, file: String) -> SourceFacts {
        var facts = SourceFacts(file: file, language: .settings)
        let lines = SettingsLines.of(text, file: file)
        // lexik's keys are files of a pair unless an algorithm says otherwise.
        let isShared = lines.contains { $0.path.hasSuffix("signature_algorithm") && $0.value.hasPrefix("HS") }
        for line in lines {
            guard let found = Self.variable(in: line.value) else { continue }
            let start = line.valuePosition
            let position = SourcePosition(file: file, line: start.line, column: start.column + found.offset)
            if line.path == "lexik_jwt_authentication.secret_key" {
                let key = KeyExpression([
                    isShared ? .variable(found.name, emptyCounts: false, position) : .asymmetric(line.path, position)
                ])
                for action in [TokenUse.Action.sign, .verify] {
                    facts.uses.append(
                        TokenUse(
                            action, call: "lexik_jwt_authentication", key: key, keyName: line.path, at: line.position))
                }
                if !isShared { continue }
            }
            guard !line.path.hasPrefix("lexik_jwt_authentication.") || line.path.hasSuffix(".secret_key") else {
                continue
            }
            guard SigningSecretName.isOfInterest(found.name) else { continue }
            facts.reads.append(
                SecretRead(
                    KeyExpression([.variable(found.name, emptyCounts: false, position)], isRequired: true),
                    bound: line.path, loader: "%env%", at: position))
        }
        return facts
    }
}
