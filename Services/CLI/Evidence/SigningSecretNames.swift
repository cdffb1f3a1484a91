/// What the name of a variable or setting says about the secret it holds. It is asked for every name that a manifest
/// sets and that code reads, so that `JWT_SECRET_EXPIRES` and `STRIPE_SECRET_KEY` raise no alarm.
///
/// Names are taken apart into words at `_`, `-`, `.`, `:` and changes of case, so that `jwtSecret`, `jwt.secret`,
/// `Jwt__Secret` and `JWT_SECRET` are one.
package struct SigningSecretName: Hashable, Sendable {
    package enum Purpose: String, Hashable, Sendable, CaseIterable {
        /// Signs or verifies access tokens: `JWT_SECRET`, `PGRST_JWT_SECRET`, `AUTH_SECRET`, `SIGNING_KEY`.
        case signing
        /// The same for refresh tokens, which have a key of their own by design.
        case refresh
        /// `SECRET_KEY`, `APP_SECRET`: a framework's key that may sign tokens. It counts where code or a JWT variable
        /// beside it shows that it does.
        case ambiguous
        /// A secret with another purpose (`SESSION_SECRET`, `STRIPE_SECRET_KEY`), or a setting about a secret
        /// (`JWT_SECRET_NAME`, `JWT_SECRET_EXPIRES`).
        case other
    }

    package let purpose: Purpose
    /// The name without what says where or when it counts: the environment (`_STAGING`), `_FILE`, `_NEXT`,
    /// `_PREVIOUS`, an encoding (`_BASE64`), what a bundler or framework wants in front (`VITE_`, `NEXT_PUBLIC_`), and
    /// what stands for "this program" (`APP_`, `API_`, `SERVICE_`…). `JWT_SECRET_KEY`, `JWT_KEY`, `JWT_SIGNING_KEY`,
    /// `PGRST_JWT_SECRET` and `GOTRUE_JWT_SECRET` are of the family `JWT_SECRET`: names of one key. A prefix that says
    /// whose key it is stays (`ADMIN_JWT_SECRET`): two such families may well be two keys.
    package let family: String

    /// Nil for a name that speaks of no secret at all.
    package init?(_ name: String) {
        guard Self.mayBe(name) else { return nil }
        var words = Self.words(of: name)
        Self.dropCircumstances(from: &words)
        guard let purpose = Self.purpose(of: words) else { return nil }
        self.purpose = purpose
        family = Self.family(of: words, purpose)
    }

    /// Whether the name is one of a key for tokens, surely or maybe.
    package static func isOfInterest(_ name: String) -> Bool {
        guard let name = SigningSecretName(name) else { return false }
        return name.purpose != .other
    }

    package static func purpose(of name: String) -> Purpose? { SigningSecretName(name)?.purpose }

    /// Whether three letters of a word that tells of a secret are in the name: most names of a program have none.
    package static func mayBe(_ name: String) -> Bool {
        var last: UInt32 = 0
        for byte in name.utf8 {
            let lower = (65...90).contains(byte) ? byte + 32 : byte
            last = (last << 8 | UInt32(lower)) & 0xFF_FFFF
            switch last {
            // key, ecr(et), oke(n), jwt, jws, pas(sword), sig(nature)
            case 0x6B_6579, 0x65_6372, 0x6F_6B65, 0x6A_7774, 0x6A_7773, 0x70_6173, 0x73_6967: return true
            default: continue
            }
        }
        return false
    }

    // MARK: words

    /// `jwtSecretKey` → `JWT SECRET KEY`; `JWTSecret` → `JWT SECRET`.
    package static func words(of name: String) -> [String] {
        var words: [String] = []
        var word = ""
        let characters = Array(name)
        for (index, character) in characters.enumerated() {
            guard character.isLetter || character.isNumber else {
                if !word.isEmpty { words.append(word) }
                word = ""
                continue
            }
            let previous = index > 0 ? characters[index - 1] : " "
            let next = index + 1 < characters.count ? characters[index + 1] : " "
            let begins =
                character.isUppercase
                && (previous.isLowercase || previous.isNumber || previous.isUppercase && next.isLowercase)
            if begins, !word.isEmpty {
                words.append(word)
                word = ""
            }
            word += character.uppercased()
        }
        if !word.isEmpty { words.append(word) }
        return words.flatMap { Self.joined[$0] ?? [$0] }
    }

    /// Words that people write as one.
    private static let joined: [String: [String]] = [
        "JWTSECRET": ["JWT", "SECRET"], "JWTKEY": ["JWT", "KEY"], "SECRETKEY": ["SECRET", "KEY"],
        "JWTSECRETKEY": ["JWT", "SECRET", "KEY"], "TOKENSECRET": ["TOKEN", "SECRET"],
        "ACCESSTOKEN": ["ACCESS", "TOKEN"], "REFRESHTOKEN": ["REFRESH", "TOKEN"], "NEXTAUTH": ["NEXT", "AUTH"],
        "AUTHSECRET": ["AUTH", "SECRET"], "JSONWEBTOKEN": ["JWT"], "SIGNINGKEY": ["SIGNING", "KEY"],
        "PRIVATEKEY": ["PRIVATE", "KEY"], "PUBLICKEY": ["PUBLIC", "KEY"], "APPSECRET": ["APP", "SECRET"],
    ]

    private static let environments: Set<String> = [
        "PRODUCTION", "PROD", "PRD", "STAGING", "STAGE", "STG", "DEVELOPMENT", "DEV", "LOCAL", "TEST", "TESTING", "CI",
        "UAT", "QA", "DEMO", "PREVIEW", "LIVE",
    ]
    private static let circumstances: Set<String> = [
        "FILE", "NEXT", "PREVIOUS", "PREV", "OLD", "NEW", "CURRENT", "BASE64", "B64", "HEX", "V1", "V2", "V3",
        "DEFAULT",
        "FALLBACK", "VALUE", "ENV",
    ]

    private static func dropCircumstances(from words: inout [String]) {
        while words.count > 1, let last = words.last, environments.contains(last) || circumstances.contains(last) {
            words.removeLast()
        }
        for prefix in [["NEXT", "PUBLIC"], ["REACT", "APP"], ["VITE"], ["NUXT"], ["EXPO", "PUBLIC"]]
        where words.count > prefix.count && words.starts(with: prefix) {
            words.removeFirst(prefix.count)
        }
        while words.count > 2, let first = words.first, environments.contains(first) { words.removeFirst() }
    }

    // MARK: purpose

    /// A name with one of these at its end, or a lifetime anywhere, is a setting *about* a secret.
    private static let settings: Set<String> = [
        "NAME", "ID", "KID", "ARN", "PATH", "URL", "URI", "VERSION", "STORE", "PROJECT", "REGION", "LENGTH", "SIZE",
        "BITS", "BYTES", "ALGORITHM", "ALGORITHMS", "ALG", "ISSUER", "AUDIENCE", "HEADER", "PREFIX", "TYPE", "ENABLED",
        "REQUIRED", "ALIASES", "ALIAS", "LOCATION", "PROVIDER", "MANAGER", "SCHEME", "STRATEGY", "SOURCE", "HINT",
        "PASSPHRASE", "PASSWORD", "COUNT", "INTERVAL", "ROTATION", "FIELD", "SET", "REF", "RESOURCE", "FORMAT",
        "ENCODING", "DIR", "DIRECTORY", "FUNCTION", "CALLBACK", "CLAIM", "CLAIMS", "NAMESPACE", "ERROR", "MISSING",
    ]
    /// A word that makes of the name a question, answered by yes or no: `PGRST_JWT_SECRET_IS_BASE64`,
    /// `ValidateIssuerSigningKey`.
    private static let questions: Set<String> = [
        "IS", "HAS", "USE", "USES", "VALIDATE", "REQUIRE", "REQUIRES", "ENABLE", "DISABLE", "ALLOW", "SKIP",
    ]
    private static let lifetimes: Set<String> = [
        "EXPIRES", "EXPIRE", "EXPIRATION", "EXPIRY", "EXP", "TTL", "LIFETIME", "MINUTES", "HOURS", "DAYS", "SECONDS",
        "AGE", "TIMEOUT", "LEEWAY", "DURATION", "VALIDITY", "MAX", "MIN",
    ]
    /// Secrets with another purpose, even where `JWT` stands beside them.
    private static let otherPurposes: Set<String> = [
        "COOKIE", "COOKIES", "CSRF", "XSRF", "ENCRYPTION", "ENCRYPT", "DECRYPTION", "CIPHER", "WEBHOOK", "RESET",
        "INVITE", "INVITATION", "ACTIVATION", "VERIFICATION", "CONFIRM", "CONFIRMATION", "EMAIL", "UNSUBSCRIBE",
        "DOWNLOAD", "PASSWORD", "SALT", "PEPPER", "CLIENT",
    ]
    /// Secrets of other parties and of other parts, unless `JWT` says otherwise.
    private static let otherOwners: Set<String> = [
        "SESSION", "DB", "DATABASE", "POSTGRES", "POSTGRESQL", "MYSQL", "MARIADB", "REDIS", "MONGO", "MONGODB",
        "RABBITMQ", "KAFKA", "PASS", "PWD", "WEB", "STRIPE", "PAYPAL", "BRAINTREE", "RAZORPAY", "AWS", "S3", "MINIO",
        "R2",
        "SPACES", "STORAGE", "GITHUB", "GITLAB", "BITBUCKET", "GOOGLE", "GCP", "GCS", "AZURE", "FACEBOOK", "TWITTER",
        "LINKEDIN", "APPLE", "MICROSOFT", "DISCORD", "SLACK", "TELEGRAM", "TWILIO", "SENDGRID", "MAILGUN", "SMTP",
        "MAIL", "OAUTH", "OAUTH2", "OIDC", "SAML", "KEYCLOAK", "AUTH0", "OKTA", "COGNITO", "CONSUMER", "BOT", "HASH",
        "RECAPTCHA", "CAPTCHA", "HCAPTCHA", "TURNSTILE", "CLOUDINARY", "ALGOLIA", "OPENAI", "ANTHROPIC", "PUSHER",
        "PUSH", "VAPID", "LICENSE", "SENTRY", "DATADOG", "SHOPIFY", "PLAID", "ZOOM", "HOOK", "CRON", "INTERNAL",
        "ADMIN",
        "MASTER", "BACKUP", "SSH", "GPG", "PGP", "TLS", "SSL", "CERT", "CA", "DOCKER", "NPM", "DEPLOY", "LIVEKIT",
        "TURN", "TOTP", "OTP", "HMAC", "SSO", "BASIC", "PREVIEW", "REVALIDATE", "REVALIDATION", "VAULT", "KMS",
        "CONSUL", "NOMAD", "FIREBASE", "SUPABASE", "SQUARE", "ADYEN", "MPESA", "ALIPAY", "WECHAT", "QQ", "WEIBO",
    ]
    private static let tokens: Set<String> = ["JWT", "JWTS", "JWS"]
    private static let keys: Set<String> = ["SECRET", "SECRETS", "KEY", "KEYS", "SIGNATURE"]
    /// What stands for "this program" and says nothing of whose key it is.
    private static let programs: Set<String> = [
        "APP", "APPLICATION", "API", "SERVICE", "SERVER", "BACKEND", "MY", "CORE", "PROJECT", "DJANGO", "FLASK",
        "FASTAPI", "QUART", "RAILS", "LARAVEL", "SYMFONY", "SPRING", "NEST", "NESTJS", "EXPRESS", "CONFIG", "SETTINGS",
        "SECURITY", "ENV", "GLOBAL", "SITE",
    ]

    private static func purpose(of words: [String]) -> Purpose? {
        let all = Set(words)
        guard let last = words.last else { return nil }
        guard !all.isDisjoint(with: keys) || words.count > 1 && last == "SIGNING" else {
            return all.isDisjoint(with: tokens.union(["TOKEN", "PASSWORD"])) ? nil : .other
        }
        if words.count > 1, settings.contains(last) || !all.isDisjoint(with: lifetimes) { return .other }
        if !all.isDisjoint(with: questions) { return .other }
        if all.contains("KEY"), all.contains("API"), all.isDisjoint(with: tokens) { return .other }
        if !all.isDisjoint(with: otherPurposes) { return .other }
        let refreshes = all.contains("REFRESH")
        if !all.isDisjoint(with: tokens) { return refreshes ? .refresh : .signing }
        if !all.isDisjoint(with: otherOwners) { return .other }
        if all.contains("TOKEN"), all.contains("SECRET") || all.contains("SIGNING") {
            return refreshes ? .refresh : .signing
        }
        if refreshes, all.contains("SECRET") { return .refresh }
        if words == ["ACCESS", "SECRET"] || words == ["ACCESS", "SECRET", "KEY"] { return .ambiguous }
        if all.contains("AUTH"), all.contains("SECRET") || all.contains("SIGNING") { return .signing }
        if all.contains("SIGNING") { return .signing }
        let rest = words.filter { !programs.contains($0) }
        if rest == ["SECRET"] || rest == ["KEY"] && words.count == 2 && words[0] == "APP" { return .ambiguous }
        if rest.suffix(2) == ["SECRET", "KEY"] || rest == ["SECRET", "KEY", "BASE"] { return .ambiguous }
        if rest.isEmpty { return nil }
        return .other
    }

    // MARK: family

    /// Products whose variable takes the very key of those that sign for them.
    private static let products: [[String]] = [
        ["PGRST"], ["GOTRUE"], ["HASURA", "GRAPHQL"], ["SUPABASE"], ["POSTGREST"], ["STORAGE"], ["REALTIME"], ["KONG"],
    ]

    private static func family(of words: [String], _ purpose: Purpose) -> String {
        var words = words
        if purpose == .signing, let product = products.first(where: { words.starts(with: $0) }) {
            words.removeFirst(product.count)
        }
        while words.count > 1, let first = words.first, programs.contains(first) {
            if purpose == .ambiguous, words.count == 2, words[1] == "KEY" { break }
            words.removeFirst()
        }
        guard purpose != .other, let token = words.firstIndex(where: { tokens.contains($0) }) else {
            if words.suffix(2) == ["SECRET", "KEY"], purpose == .signing { words.removeLast() }
            return words.joined(separator: "_")
        }
        let owner = words[..<token].filter { !["AUTH", "ACCESS", "TOKEN"].contains($0) }
        let kind = words[(token + 1)...].filter {
            !keys.contains($0)
                && ![
                    "SIGNING", "SIGN", "ACCESS", "TOKEN", "AUTH", "PUBLIC", "PRIVATE", "SHARED", "VERIFYING", "VERIFY",
                    "SIGNER", "SIGNERKEY", "ISSUER", "SYMMETRIC", "OPTIONS", "SETTINGS", "CONFIG", "CONFIGURATION",
                    "PROPERTIES", "BEARER", "AUTHENTICATION", "SECURITY",
                ]
                .contains($0)
        }
        return (owner + ["JWT"] + kind + ["SECRET"]).joined(separator: "_")
    }
}

/// The same by a name's text alone, for callers to whom a name that speaks of no secret is one with another purpose.
package enum SigningSecretNames {
    package typealias Purpose = SigningSecretName.Purpose

    package static func purpose(of name: String) -> Purpose { SigningSecretName(name)?.purpose ?? .other }
}
