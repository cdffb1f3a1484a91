import Evidence

/// `LS202`: a default for a signing secret in code. Two programs with two defaults refuse each other's tokens the day
/// nothing is set; with one, everybody who reads the code can make tokens.
enum DefaultInCodeRule: Rule {
    static let id = RuleID.defaultInCode

    private struct Default {
        let component: Component
        let names: [String]
        let alternative: KeyExpression.Alternative
        let takesPart: Bool

        /// `application.yml`, `appsettings.json`
        var isInSettings: Bool {
            [".yml", ".yaml", ".json", ".properties"].contains(where: alternative.position.file.hasSuffix)
        }

        var text: String? { if case .literal(let text, _) = alternative { text } else { nil } }
    }

    static func findings(in proof: Proof) -> [Finding] {
        let defaults = proof.components.all.flatMap { Self.defaults(of: $0, proof.components) }
        var found = Dictionary(grouping: defaults, by: \.alternative.position).sorted { $0.key < $1.key }
            .map { single($0.value) }
        let sharing = defaults.filter(\.takesPart)
        for (family, group) in Dictionary(grouping: sharing, by: { KeyFamily(variable: $0.names.first ?? "") })
            .sorted(by: { $0.key.name < $1.key.name })
        {
            guard let first = group.first,
                let other = group.first(where: {
                    $0.component.directory != first.component.directory && $0.text != first.text
                })
            else { continue }
            found.append(
                Finding(
                    id, .error,
                    """
                    \(name(first)) and \(name(other)) fall back to two different defaults for their \
                    \(family == .access ? "" : "\(family.name) ")signing secret: where nothing is set, every token that \
                    one issues is refused by the other with 401
                    """, services: [name(first), name(other)],
                    at: [other.alternative.position, first.alternative.position]))
        }
        return found
    }

    private static func defaults(of component: Component, _ components: Components) -> [Default] {
        var seen: Set<SourcePosition> = []
        let used = CodeKeys(component: component, components: components).keys.compactMap(\.expression)
            .compactMap { expression in
                expression.codeDefault.map {
                    Default(component: component, names: expression.knownVariables, alternative: $0, takesPart: true)
                }
            }
        // A field that nothing uses for tokens is no loader; one whose name says what it is, is worth a word.
        let read = component.reads.filter { read in
            read.loader != "cdk environment"
                && read.expression.variables.contains { SigningSecretName.isSigning($0) }
        }.compactMap { read in
            read.expression.codeDefault.map {
                Default(component: component, names: read.expression.knownVariables, alternative: $0, takesPart: false)
            }
        }
        return (used + read).filter { seen.insert($0.alternative.position).inserted }
    }

    /// One default, with all that come to it: the settings that a server hands out serve several programs.
    private static func single(_ values: [Default]) -> Finding {
        let value = values[0]
        let variable = value.names.first ?? "the secret"
        let what =
            switch value.alternative {
            case .literal where value.isInSettings: "stands in its settings"
            case .literal: value.names.isEmpty ? "is a text in the code" : "has a default in the code"
            default: "is made in the code where it is not set"
            }
        var seen: Set<String> = []
        let names = values.map(name).filter { seen.insert($0).inserted }
        return Finding(
            id, .warning,
            """
            \(variable) of \(names.joined(separator: ", ")) \(what): \
            \(value.text == nil ? "no other service can come to the same key" : "whoever reads it can make tokens"), and \
            a missing setting shows as 401 instead of stopping the start
            """, services: names, at: [value.alternative.position],
            fix: Fix("stop with an error where \(variable) is not set"))
    }

    private static func name(_ value: Default) -> String {
        value.component.directory.isEmpty ? "this program" : value.component.directory
    }
}
