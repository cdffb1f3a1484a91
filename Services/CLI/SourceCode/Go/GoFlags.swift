import Evidence

/// Flags with their defaults and variables: `flag.String`, cobra's `StringVar`, urfave/cli's `StringFlag`.
enum GoFlags {
    /// `flag.String("jwt-secret", os.Getenv("JWT_SECRET"), "usage")`: what the flag gives where nobody passes it.
    static func read(_ expression: Expression, in scope: Scope, of reading: FileReading) -> VariableRead? {
        guard case .call(let callee, let arguments) = expression.kind, let name = callee.lastName else { return nil }
        if name == "StringFlag", let members = arguments.members { return literal(members, in: scope, of: reading) }
        let isString = name == "String" && arguments.count == 3 || name == "StringP" && arguments.count == 4
        guard isString, case .text = arguments[0].value.kind else { return nil }
        let fallback = arguments[arguments.count - 2].value
        return reading.dialect.variable(fallback, in: scope, of: reading)
    }

    /// `&cli.StringFlag{Name: "jwt-secret", EnvVars: []string{"JWT_SECRET"}, Value: "default"}`
    private static func literal(
        _ members: [Expression.Entry], in scope: Scope, of reading: FileReading
    ) -> VariableRead? {
        let sources = ["EnvVars", "EnvVar", "Sources"].compactMap { members[$0] }.flatMap { $0.all(limit: 20) }
        let names = sources.filter { $0.text.map(EnvironmentHelper.isVariableName) ?? false }
        guard let first = names.first else { return nil }
        return VariableRead(
            names: names.compactMap(\.text), position: first.position, fallback: members["Value"], emptyCounts: true,
            isRequired: members["Required"]?.name == "true", loader: "cli flag")
    }

    /// `flags.StringVar(&cfg.Secret, "jwt-secret", "default", "usage")`, and the `Destination` of urfave/cli.
    static func tell(_ expression: Expression, in scope: Scope, of reading: FileReading) {
        guard case .call(let callee, let arguments) = expression.kind, let name = callee.lastName else { return }
        if name == "StringVar" || name == "StringVarP", arguments.count >= 4, let target = arguments[0].value.path {
            let fallback = arguments[arguments.count - 2].value
            guard case .text(let flag) = arguments[1].value.kind, SigningSecretName.isOfInterest(flag) else { return }
            let loader = KeyExpression.Alternative.loader("--" + flag, arguments[1].value.position)
            let rest = reading.follow(fallback, in: scope)?.expression.alternatives ?? []
            reading.tell(
                Followed(expression: KeyExpression([loader] + rest), loader: "flag"), as: target, word: flag,
                at: arguments[1].value.position)
        }
    }
}
