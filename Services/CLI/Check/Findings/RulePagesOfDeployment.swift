extension RuleID {
    var deploymentPage: RulePage {
        switch self {
        case .sharedAcrossEnvironments:
            RulePage(
                rule: self, name: "sharedAcrossEnvironments", title: "one secret in two environments",
                severity: .warning,
                failure: "A token of staging, where everybody may be admin, passes in production.",
                evidence:
                    "the same text, or the same secret of a store, in two environments of which one is production-like.",
                mend: "one secret for each environment.",
                broken: "staging: jwt-secret@3\nproduction: jwt-secret@3",
                mended: "staging: jwt-secret-staging@1\nproduction: jwt-secret-production@3")
        case .floatingVersion:
            RulePage(
                rule: self, name: "floatingVersion", title: "a floating version in a variable", severity: .warning,
                failure: """
                    `latest` is read when an instance starts. After a new version, instances that started \
                    before and after \
                    hold two keys and refuse each other's tokens.
                    """,
                evidence: "`latest` for a signing secret that reaches the process as a variable.",
                mend:
                    "pin the version's number, and change it for all services in one deploy; or rotate with lockstep.",
                broken: "{name: JWT_SECRET, secret_name: jwt-secret, version: latest}",
                mended: "{name: JWT_SECRET, secret_name: jwt-secret, version: 4}")
        case .mixedEnvironments:
            RulePage(
                rule: self, name: "mixedEnvironments", title: "services of one stack in different environments",
                severity: .error,
                failure: "Each looks for the secret of its own environment (JWT_SECRET_STAGING, jwt-secret-staging).",
                evidence: "ENVIRONMENT and its kin with two meanings in one stack (prod and production are one).",
                mend: "one value for all services of a stack, from one place.",
                broken: "portal: {ENVIRONMENT: production}\nplant: {ENVIRONMENT: staging}",
                mended: "x-env: &env {ENVIRONMENT: production}")
        case .policyDiffers:
            RulePage(
                rule: self, name: "policyDiffers", title: "algorithm, issuer or audience differ", severity: .error,
                failure: "The key is right, and every token is refused all the same.",
                evidence: """
                    the algorithms, issuers and audiences that code names as texts, and JWT_ALGORITHM, \
                    JWT_ISSUER, \
                    JWT_AUDIENCE and JWT_TRUSTED_ISSUERS of the manifests, between who signs and who verifies.
                    """,
                mend: "the same setting for both.",
                broken:
                    "jwt.encode(claims, key, algorithm=\"HS512\")  …  jwt.decode(token, key, algorithms=[\"HS256\"])",
                mended:
                    "jwt.encode(claims, key, algorithm=\"HS256\")  …  jwt.decode(token, key, algorithms=[\"HS256\"])")
        case .localAndCloudDiffer:
            RulePage(
                rule: self, name: "localAndCloudDiffer", title: "local and cloud do not match", severity: .warning,
                failure: "What was tried on a laptop is not what is deployed: it works there, and is 401 here.",
                evidence: """
                    a service of the local compose stack and its namesake in a cloud manifest: another name for the \
                    secret, or a setting that decides over tokens set in one and left to a default in the other.
                    """,
                mend: "write the setting out in both.",
                broken: "compose: JWT_SECRET, GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT: \"true\"\ncloud: SECRET_KEY",
                mended: "compose and cloud: JWT_SECRET, GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT: \"true\"")
        default:
            RulePage(
                rule: self, name: "workflowDropsSecret", title: "the workflow does not pass the secret",
                severity: .error,
                failure: """
                    The deploy hands the secret to one service and not to the other, or applies a manifest that \
                    takes it from a shell which does not have it.
                    """,
                evidence: """
                    deploy steps side by side in one workflow and environment; and manifests with ${JWT_SECRET} \
                    that a \
                    step applies without setting it.
                    """,
                mend: "pass it in each step, from one secret.",
                broken: "gcloud run deploy portal --set-env-vars ENVIRONMENT=production",
                mended:
                    "gcloud run deploy portal --set-env-vars ENVIRONMENT=production --set-secrets JWT_SECRET=jwt-secret:4"
            )
        }
    }

    var codePage: RulePage {
        switch self {
        case .secondLoadingPath:
            RulePage(
                rule: self, name: "secondLoadingPath", title: "a second loading path beside the shared loader",
                severity: .warning,
                failure: """
                    One part of a service takes its key from the shared loader, another straight from a \
                    variable: the day they see different sources, the service refuses its own tokens.
                    """,
                evidence: "token uses of one program whose keys come from different expressions.",
                mend: "one function loads the key; everything else takes it from there.",
                broken: "sign(claims, secret_manager.jwt_secret())  …  verify(token, os.getenv(\"JWT_SECRET\"))",
                mended: "sign(claims, secret_manager.jwt_secret())  …  verify(token, secret_manager.jwt_secret())")
        case .defaultInCode:
            RulePage(
                rule: self, name: "defaultInCode", title: "a default for the secret in code", severity: .error,
                failure: """
                    A missing setting does not stop the start, it shows as 401: each program with a default of \
                    its own \
                    signs with that.
                    """,
                evidence: """
                    a text, or something made in the code (a hash, a random value), that stands in when a signing \
                    secret's variable is not set. Two programs with two defaults are an error; tests are let pass.
                    """,
                mend: "no default: stop with a message that names the variable.",
                broken: "const secret = process.env.JWT_SECRET || 'dev-secret'",
                mended: "const secret = required('JWT_SECRET')")
        case .moduleDeclaresSecurity:
            RulePage(
                rule: self, name: "moduleDeclaresSecurity", title: "a module declares a core security setting",
                severity: .error,
                failure: "With a key of its own a module refuses every token that the core accepts.",
                evidence: "SECRET_KEY, JWT_SECRET, DATABASE_URL, CORS origins and the like in a module's manifest.",
                mend: "take the identity that the core hands over.",
                broken: "\"settings\": {\"SECRET_KEY\": \"…\"}",
                mended: "\"settings\": {\"MODULE_FARM_PAGE_SIZE\": 100}")
        case .environmentDetectedTwice:
            RulePage(
                rule: self, name: "environmentDetectedTwice", title: "the environment is detected in two ways",
                severity: .warning,
                failure: "Where the two differ, services look for the secrets of two environments.",
                evidence: """
                    programs that sign or verify and read different variables, or assume different environments \
                    where nothing is set.
                    """,
                mend: "one variable, and one meaning of its absence.",
                broken: "os.getenv(\"ENVIRONMENT\", \"development\")  …  os.getenv(\"APP_ENV\", \"production\")",
                mended: "os.environ[\"ENVIRONMENT\"]")
        default:
            RulePage(
                rule: self, name: "lifetimesDoNotFit", title: "lifetimes, overlap and caches do not fit",
                severity: .error,
                failure: """
                    Tokens that live longer than a verifier accepts, or than an old key is kept after a \
                    rotation, are \
                    refused with 401; a cache longer than the overlap learns of the new key too late.
                    """,
                evidence: "settings and code that give these times, within one stack.",
                mend: "lifetime ≤ the verifiers' maximum; lifetime ≤ overlap; caches shorter than the overlap.",
                broken: "JWT_EXPIRATION_HOURS: 168  …  JWT_MAX_LIFETIME_HOURS: 24",
                mended: "ACCESS_TOKEN_EXPIRE_MINUTES: 15")
        }
    }
}
