extension RuleID {
    var keyPage: RulePage {
        switch self {
        case .missingSecret:
            RulePage(
                rule: self, name: "missingSecret", title: "a participant without a secret", severity: .error,
                failure: """
                    A service that issues or verifies tokens is given no signing secret. It does not start, or it takes a \
                    default, and then every token between it and the others is refused with 401.
                    """,
                evidence: """
                    the service is declared to issue or verify, its code does, or a service of the same name holds a \
                    secret in another stack (local compose gave it to all, the cloud manifest to one). A service about \
                    which nothing of that is known is not asked for a secret, and none is where an env_file or envFrom \
                    that is not in the tree may bring it.
                    """,
                mend: "give it the same reference as the others of its stack.",
                broken: """
                    services:
                      portal:   {env_vars: {ENVIRONMENT: production}}
                      backend:  {secrets: [{name: JWT_SECRET, secret_name: jwt-secret, version: 3}]}
                    """,
                mended: """
                    services:
                      portal:   {secrets: [{name: JWT_SECRET, secret_name: jwt-secret, version: 3}]}
                      backend:  {secrets: [{name: JWT_SECRET, secret_name: jwt-secret, version: 3}]}
                    """)
        case .differentSecrets:
            RulePage(
                rule: self, name: "differentSecrets", title: "participants resolve different secrets", severity: .error,
                failure: """
                    Two services that share tokens come to two keys: what one issues, the other refuses with 401, and \
                    nothing says why.
                    """,
                evidence: """
                    each service's key is followed to its end: through interpolation, env files, defaults, mounted files, \
                    the order in which its code tries names, and for Lockstep's services by their own loader. Names that \
                    fan out from one value are one key. Two texts, two defaults of one variable, two versions of a \
                    secret are an error; two places that might hold the same are a warning; programs that nothing links \
                    are not compared.
                    """,
                mend: "let both take the value from one place.",
                broken: """
                    auth:  {environment: {JWT_SECRET: "${JWT_SECRET:-dev-one}"}}
                    api:   {environment: {JWT_SECRET: "${JWT_SECRET:-dev-two}"}}
                    """,
                mended: """
                    auth:  {environment: {JWT_SECRET: "${JWT_SECRET:?run make env}"}}
                    api:   {environment: {JWT_SECRET: "${JWT_SECRET:?run make env}"}}
                    """)
        case .twoNamesTwoValues:
            RulePage(
                rule: self, name: "twoNamesTwoValues", title: "one service, two names, two values", severity: .error,
                failure: """
                    A service is given its key under two names that differ. Which one counts depends on the loader; one \
                    that signs by the first and verifies by the second refuses its own tokens.
                    """,
                evidence: """
                    JWT_SECRET, JWT_SECRET_KEY, JWT_SIGNING_KEY and SECRET_KEY of one service with two texts; or code that \
                    signs with one name and verifies with another. Lockstep's services refuse to start on it.
                    """,
                mend: """
                    remove one, or give both the same value. Where SECRET_KEY has another purpose: \
                    JWT_SECRET_ALIASES=JWT_SECRET,JWT_SECRET_KEY.
                    """,
                broken: "environment: {JWT_SECRET: \"${JWT_SECRET}\", JWT_SECRET_KEY: \"another-one\"}",
                mended: "environment: {JWT_SECRET: \"${JWT_SECRET}\"}")
        default:
            RulePage(
                rule: self, name: "defaultReachesProduction", title: "a default reaches staging or production",
                severity: .error,
                failure: """
                    Nothing sets the secret, so a default that stands in code or manifest signs and verifies: everybody \
                    who can read the repository can make tokens, and another service has another default.
                    """,
                evidence: """
                    a stack of staging or production in which the key comes from the code's own default (error), or from \
                    the default of an interpolation (warning: the host may set it).
                    """,
                mend:
                    "set the secret there, and let a missing one stop the start: `${JWT_SECRET:?…}`, no default in code.",
                broken: "SECRET_KEY = os.getenv(\"SECRET_KEY\", \"your-secret-key-here\")",
                mended: "SECRET_KEY = os.environ[\"SECRET_KEY\"]")
        }
    }

    var exposurePage: RulePage {
        switch self {
        case .committedSecret:
            RulePage(
                rule: self, name: "committedSecret", title: "a signing secret is committed", severity: .error,
                failure: "Whoever has the repository, or ever had it, can make tokens for every user.",
                evidence: """
                    a value that the strength rules accept, under a signing secret's name, in a manifest, an env file, a \
                    workflow or a document that version control holds. Placeholders are LS106, plain text in task \
                    definitions LS114, images LS113; tests and fixtures are let pass.
                    """,
                mend: "move it to a secret store or an ignored .env, and rotate it (`lockstep rotate --compromised`).",
                broken: "JWT_SECRET=<the production value>     # .env.production, committed",
                mended: "JWT_SECRET=${JWT_SECRET:?}            # and .env in .gitignore")
        case .weakSecret:
            RulePage(
                rule: self, name: "weakSecret", title: "a placeholder, a short or a weak secret", severity: .error,
                failure: """
                    Anybody with one token can guess the key offline, and then make tokens. Lockstep's services refuse \
                    such a value at start.
                    """,
                evidence: """
                    fewer than 32 bytes (RFC 7518 §3.2 for HS256), a known placeholder or published sample, or less than \
                    128 bits by estimate, in staging and production (error) or where no environment is known (warning). \
                    Development and test may use what they like.
                    """,
                mend: "`lockstep secret generate`, and the result into the secret store.",
                broken: "JWT_SECRET: change-me",
                mended: "JWT_SECRET: ${JWT_SECRET:?}")
        case .secretInImage:
            RulePage(
                rule: self, name: "secretInImage", title: "a signing secret in a build argument or image layer",
                severity: .error,
                failure: "The value stays in the image's history: whoever pulls the image can make tokens.",
                evidence: "ARG and ENV of Dockerfiles, build.args of compose, --build-arg of workflows.",
                mend: "give it at run time; a build step that needs it takes `RUN --mount=type=secret`.",
                broken: "ARG JWT_SECRET\nENV JWT_SECRET=$JWT_SECRET",
                mended: "# nothing: the variable is set where the container runs")
        default:
            RulePage(
                rule: self, name: "plainTextInTemplate",
                title: "a signing secret in plain text in a task definition or template", severity: .error,
                failure: "The platform's console, its API and the state file show it to everybody who may look.",
                evidence: """
                    a literal under a signing secret's name in ECS task definitions, CloudFormation and synthesised CDK \
                    templates, functions, Cloud Run services and Terraform.
                    """,
                mend: "refer to the secret store (`secrets`/`valueFrom`).",
                broken: "\"environment\": [{\"name\": \"JWT_SECRET\", \"value\": \"…\"}]",
                mended:
                    "\"secrets\": [{\"name\": \"JWT_SECRET\", \"valueFrom\": \"arn:aws:secretsmanager:…:jwt-secret-AbCdEf\"}]"
            )
        }
    }
}
