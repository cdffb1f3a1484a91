import Evidence
import Testing

@Suite("Names of signing secrets")
struct SigningSecretNameTests {
    @Test(
        "a name of a signing secret is known by its words",
        arguments: [
            "JWT_SECRET", "JWT_SECRET_KEY", "JWT_SECRET_PRODUCTION", "JWT_SECRET_FILE", "JWT_SECRET_NEXT",
            "APP_JWT_SECRET",
            "jwtSecret", "jwt.secret", "Jwt__Secret", "auth.jwt.secretKey", "JWT_KEY", "JWT_SIGNING_KEY",
            "JWT_PUBLIC_KEY",
            "JWT_PRIVATE_KEY", "TOKEN_SECRET", "ACCESS_TOKEN_SECRET", "AUTH_SECRET", "NEXTAUTH_SECRET", "SIGNING_KEY",
            "SIGNING_SECRET", "PGRST_JWT_SECRET", "GOTRUE_JWT_SECRET", "HASURA_GRAPHQL_JWT_SECRET", "JWT_ACCESS_SECRET",
            "BETTER_AUTH_SECRET", "ADMIN_JWT_SECRET", "JWTSECRET", "JWT_SECRET_BASE64", "SUPABASE_JWT_SECRET",
        ])
    func signing(name: String) {
        #expect(SigningSecretName.purpose(of: name) == .signing)
    }

    @Test(
        "a framework's key counts only where something else shows that it signs tokens",
        arguments: [
            "SECRET_KEY", "APP_SECRET", "SECRET", "DJANGO_SECRET_KEY", "FLASK_SECRET_KEY", "APP_KEY", "SECRET_KEY_BASE",
            "secretKey", "APP_SECRET_KEY", "PORTAL_SECRET_KEY",
        ])
    func ambiguous(name: String) {
        #expect(SigningSecretName.purpose(of: name) == .ambiguous)
    }

    @Test(
        "a key for refresh tokens is a purpose of its own",
        arguments: ["REFRESH_TOKEN_SECRET", "JWT_REFRESH_SECRET", "jwtRefreshSecret", "JWT_REFRESH_SECRET_KEY"])
    func refresh(name: String) {
        #expect(SigningSecretName.purpose(of: name) == .refresh)
    }

    @Test(
        "secrets with another purpose, and settings about a secret, are none",
        arguments: [
            "SESSION_SECRET", "COOKIE_SECRET", "CSRF_SECRET", "ENCRYPTION_KEY", "DB_PASSWORD", "API_KEY",
            "WEBHOOK_SECRET",
            "CLIENT_SECRET", "STRIPE_SECRET_KEY", "JWT_SECRET_EXPIRES", "JWT_SECRET_NAME", "JWT_SECRET_ID",
            "JWT_KEY_ID",
            "AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY", "TWITTER_ACCESS_TOKEN_SECRET", "GOOGLE_CLIENT_SECRET",
            "JWT_COOKIE_SECRET", "SLACK_SIGNING_SECRET", "STRIPE_WEBHOOK_SIGNING_SECRET", "JWT_ALGORITHM",
            "HASURA_GRAPHQL_ADMIN_SECRET", "JWT_PRIVATE_KEY_PASSPHRASE", "JWT_SECRET_ARN", "RESET_TOKEN_SECRET",
            "JWT_SECRET_VERSION", "JWT_SECRET_STORE", "GITHUB_TOKEN", "OAUTH_TOKEN_SECRET",
            "PGRST_JWT_SECRET_IS_BASE64", "ValidateIssuerSigningKey", "USE_JWT_SECRET", "REQUIRE_AUTH_SECRET",
        ])
    func other(name: String) {
        #expect(SigningSecretName.purpose(of: name) == .other)
    }

    @Test(
        "a name that speaks of no secret is nothing",
        arguments: ["PORT", "ENVIRONMENT", "APP_NAME", "", "_", "LOG_LEVEL"])
    func nothing(name: String) {
        #expect(SigningSecretName(name) == nil)
    }

    @Test(
        "a family is one key's names",
        arguments: [
            ("JWT_SECRET", "JWT_SECRET"), ("JWT_SECRET_KEY", "JWT_SECRET"), ("APP_JWT_SECRET", "JWT_SECRET"),
            ("PGRST_JWT_SECRET", "JWT_SECRET"), ("HASURA_GRAPHQL_JWT_SECRET", "JWT_SECRET"),
            ("JWT_SECRET_STAGING", "JWT_SECRET"), ("JWT_SECRET_FILE", "JWT_SECRET"), ("jwt.secret", "JWT_SECRET"),
            ("JWT_SIGNING_KEY", "JWT_SECRET"), ("JWT_PUBLIC_KEY", "JWT_SECRET"), ("JWT_ACCESS_SECRET", "JWT_SECRET"),
            ("ADMIN_JWT_SECRET", "ADMIN_JWT_SECRET"), ("JWT_REFRESH_SECRET", "JWT_REFRESH_SECRET"),
            ("DJANGO_SECRET_KEY", "SECRET_KEY"), ("NEXTAUTH_SECRET", "NEXT_AUTH_SECRET"),
            ("AUTH_SECRET", "AUTH_SECRET"),
            ("APP_SECRET", "SECRET"), ("PORTAL_SECRET_KEY", "PORTAL_SECRET_KEY"),
        ])
    func families(name: String, family: String) {
        #expect(SigningSecretName(name)?.family == family)
    }
}
