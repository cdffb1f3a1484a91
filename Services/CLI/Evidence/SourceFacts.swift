/// What one source file says about signing keys.
package struct SourceFacts: Sendable {
    package enum Language: String, Hashable, Sendable, CaseIterable {
        case python, javascript, typescript, go, java, kotlin, swift, ruby, php, csharp, rust
        /// `application.yml` and the like, which bind settings to variables.
        case settings
    }

    package let file: String
    package let language: Language
    /// Where a signing secret's variable is read, also where nothing in this file uses what was read.
    package var reads: [SecretRead] = []
    package var uses: [TokenUse] = []
    /// Where the environment is detected: the variable or function, for `LS204`.
    package var environmentReads: [EnvironmentRead] = []
    /// Settings that a plugin's manifest declares for itself, for `LS203`.
    package var declaredSettings: [DeclaredSetting] = []
    /// Lifetimes and overlaps, in seconds, for `LS301`.
    package var durations: [TokenDuration] = []
    /// How it hangs together with other files; says nothing by itself.
    package var links = SourceLinks()

    package init(file: String, language: Language) {
        self.file = file
        self.language = language
    }

    package var isEmpty: Bool {
        reads.isEmpty && uses.isEmpty && environmentReads.isEmpty && declaredSettings.isEmpty && durations.isEmpty
    }
}

/// Where a key comes from, as the code has it: alternatives in the order in which they are tried
/// (`A || B || 'x'`, `getenv("A", "x")`, a settings field with aliases).
package struct KeyExpression: Hashable, Sendable {
    package enum Alternative: Hashable, Sendable {
        /// A variable of the process; with `emptyCounts` an empty one is passed over too (`||` does, `??` and a lookup's
        /// default do not).
        case variable(String, emptyCounts: Bool, SourcePosition)
        /// A text in the code. It may be a secret, and is never printed.
        case literal(String, SourcePosition)
        /// Made in the code: hashed, concatenated, random. `inputs` are the variables that go in.
        case computed(String, inputs: [String], SourcePosition)
        /// What a function or an object of another file gives (`get_secret_manager().jwt_secret()`), by its spelling.
        case loader(String, SourcePosition)
        /// A public or private key from a file, a JWK Set, a certificate: no shared secret.
        case asymmetric(String, SourcePosition)

        package var position: SourcePosition {
            switch self {
            case .variable(_, _, let position), .literal(_, let position), .computed(_, _, let position),
                .loader(_, let position), .asymmetric(_, let position):
                position
            }
        }
    }

    /// The spelling of a loader that stands for what each program's own settings give to code that they share.
    package static let programSettings = "the settings of each program"

    package let alternatives: [Alternative]
    /// Whether the code stops when none of them gives a value (`os.environ["X"]`, a check that throws).
    package let isRequired: Bool

    package init(_ alternatives: [Alternative], isRequired: Bool = false) {
        self.alternatives = alternatives
        self.isRequired = isRequired
    }

    package var variables: [String] {
        alternatives.compactMap { if case .variable(let name, _, _) = $0 { name } else { nil } }
    }

    /// The variables as people know them: one that a settings file names (`${JWT_SECRET}`) before those that would
    /// override the setting by its own name (`SHOP_JWT_SECRET` for `shop.jwt.secret`), which hardly anybody sets.
    package var knownVariables: [String] {
        guard let code = alternatives.first?.position.file else { return [] }
        let inSettings = alternatives.filter { $0.position.file != code }
        return KeyExpression(inSettings + alternatives.filter { $0.position.file == code }).variables
    }
}

/// A read of a signing secret's variable, and what it is called in the code.
package struct SecretRead: Hashable, Sendable {
    package let expression: KeyExpression
    /// The constant, field or setting that takes it: `settings.SECRET_KEY`, `jwtSecret`; empty where it is used at once.
    package let bound: String
    /// By what it is read: `os.getenv`, `pydantic settings`, `viper`, `@Value`.
    package let loader: String
    package let position: SourcePosition

    package init(_ expression: KeyExpression, bound: String, loader: String, at position: SourcePosition) {
        self.expression = expression
        self.bound = bound
        self.loader = loader
        self.position = position
    }
}

/// A call that signs or verifies tokens.
package struct TokenUse: Hashable, Sendable {
    package enum Action: String, Hashable, Sendable { case sign, verify }

    package let action: Action
    /// `jwt.encode`, `jsonwebtoken.verify`, `HMAC256`.
    package let call: String
    /// As far as it can be followed in this file; nil where it can't.
    package let key: KeyExpression?
    /// The name that the key has in the code, by which a read in another file is found: `settings.SECRET_KEY`.
    package let keyName: String
    /// `HS256`; empty where the call names none.
    package let algorithms: [String]
    package let issuer: String?
    package let audience: String?
    package let position: SourcePosition

    package init(
        _ action: Action, call: String, key: KeyExpression?, keyName: String, algorithms: [String] = [],
        issuer: String? = nil, audience: String? = nil, at position: SourcePosition
    ) {
        self.action = action
        self.call = call
        self.key = key
        self.keyName = keyName
        self.algorithms = algorithms
        self.issuer = issuer
        self.audience = audience
        self.position = position
    }
}

package struct EnvironmentRead: Hashable, Sendable {
    /// `ENVIRONMENT`, `NODE_ENV`, `APP_ENV`
    package let variable: String
    package let fallback: String?
    package let position: SourcePosition

    package init(_ variable: String, fallback: String?, at position: SourcePosition) {
        self.variable = variable
        self.fallback = fallback
        self.position = position
    }
}

package struct DeclaredSetting: Hashable, Sendable {
    package let module: String
    package let name: String
    package let position: SourcePosition

    package init(_ name: String, module: String, at position: SourcePosition) {
        self.module = module
        self.name = name
        self.position = position
    }
}

package struct TokenDuration: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable {
        /// How long a token is valid after it was signed.
        case lifetime
        /// The longest that a verifier lets pass.
        case maximumLifetime
        /// How long a verifier keeps keys or verdicts.
        case cache
        /// How long an old key is kept after a rotation.
        case overlap
    }

    package let kind: Kind
    package let seconds: Int64
    package let name: String
    package let position: SourcePosition

    package init(_ kind: Kind, seconds: Int64, name: String, at position: SourcePosition) {
        self.kind = kind
        self.seconds = seconds
        self.name = name
        self.position = position
    }
}
