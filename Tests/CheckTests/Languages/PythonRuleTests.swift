import Evidence
import Testing

@testable import Check

/// Rules over code in Python: FastAPI, Flask and Django services beside one another, and a plant module's manifest
/// (`LS203`, which Lockstep's modules in Swift and YAML and those of its forerunner in Python have).
@Suite("Rules over Python")
struct PythonRuleTests {
    private static let sound: [String: String] = [
        "auth/pyproject.toml": "[project]\nname = \"auth\"\ndependencies = [\"pyjwt\", \"pydantic-settings\"]\n",
        "auth/auth/config.py": """
        from pydantic_settings import BaseSettings


        class Settings(BaseSettings):
            jwt_secret: str
            environment: str = "production"


        settings = Settings()
        """,
        "auth/auth/tokens.py": """
        from datetime import datetime, timedelta, timezone

        import jwt

        from .config import settings


        def issue(user):
            now = datetime.now(timezone.utc)
            claims = {"sub": user.id, "iss": "auth", "aud": "shop", "exp": now + timedelta(minutes=15)}
            return jwt.encode(claims, settings.jwt_secret, algorithm="HS256")


        def refresh(token):
            return jwt.decode(token, settings.jwt_secret, algorithms=["HS256"], audience="shop", issuer="auth")
        """,
        "orders/requirements.txt": "flask\npython-jose\n",
        "orders/orders/security.py": """
        import os

        from jose import jwt

        SECRET = os.environ["JWT_SECRET"]
        ENVIRONMENT = os.getenv("ENVIRONMENT", "production")


        def current_user(token):
            return jwt.decode(token, SECRET, algorithms=["HS256"], audience="shop", issuer="auth")
        """,
        "docker-compose.prod.yml": """
        services:
          auth:
            build: ./auth
            environment:
              ENVIRONMENT: production
              JWT_SECRET: ${JWT_SECRET:?}
          orders:
            build: ./orders
            environment:
              ENVIRONMENT: production
              JWT_SECRET: ${JWT_SECRET:?}
        """,
    ]
    private static let tokens = "auth/auth/tokens.py"
    private static let security = "orders/orders/security.py"

    private static let fixtures = [
        RuleFixture(
            .secondLoadingPath, "one of two calls reads the environment by itself", in: sound,
            .replace(
                "jwt.decode(token, settings.jwt_secret", in: tokens,
                with: "jwt.decode(token, os.environ[\"JWT_SECRET_KEY\"]"),
            .replace("import jwt\n", in: tokens, with: "import jwt\nimport os\n"),
            finds: ["LS101 docker-compose.prod.yml:2", "LS201 auth/auth/tokens.py:16"]),
        RuleFixture(
            .defaultInCode, "the settings have a default", in: sound,
            .replace(
                "jwt_secret: str", in: "auth/auth/config.py",
                with: "jwt_secret: str = \"dev_secret_key_change_in_production\""),
            finds: ["LS202 auth/auth/config.py:5"]),
        RuleFixture(
            .defaultInCode, "two services have two defaults", in: sound,
            .replace("jwt_secret: str", in: "auth/auth/config.py", with: "jwt_secret: str = \"dev_secret_key\""),
            .replace(
                "os.environ[\"JWT_SECRET\"]", in: security, with: "os.getenv(\"JWT_SECRET\", \"your-secret-key-here\")"),
            finds: [
                "LS202 auth/auth/config.py:5", "LS202 orders/orders/security.py:5", "LS202 orders/orders/security.py:5",
            ]),
        RuleFixture(
            .defaultInCode, "a default is derived by hashing", in: sound,
            .replace(
                "os.environ[\"JWT_SECRET\"]", in: security,
                with: "os.getenv(\"JWT_SECRET\") or hashlib.sha256(b\"orders\").hexdigest()"),
            .replace("import os", in: security, with: "import hashlib\nimport os"),
            finds: ["LS202 orders/orders/security.py:6"]),
        RuleFixture(
            .environmentDetectedTwice, "the services ask two variables where they run", in: sound,
            .replace(
                "os.getenv(\"ENVIRONMENT\", \"production\")", in: security,
                with: "os.getenv(\"APP_ENV\", \"production\")"),
            finds: ["LS204 orders/orders/security.py:6"]),
        RuleFixture(
            .environmentDetectedTwice, "without the variable one is in development, the other in production", in: sound,
            .replace(
                "os.getenv(\"ENVIRONMENT\", \"production\")", in: security,
                with: "os.getenv(\"ENVIRONMENT\", \"development\")"),
            finds: ["LS204 orders/orders/security.py:6"]),
        RuleFixture(
            .policyDiffers, "the algorithms differ", in: sound,
            .replace("algorithms=[\"HS256\"]", in: security, with: "algorithms=[\"HS512\"]"),
            finds: ["LS110 orders/orders/security.py:10"]),
        RuleFixture(
            .policyDiffers, "the issuers differ", in: sound,
            .replace("issuer=\"auth\"", in: security, with: "issuer=\"portal\""),
            finds: ["LS110 orders/orders/security.py:10"]),
        RuleFixture(
            .policyDiffers, "the audiences differ", in: sound,
            .replace("audience=\"shop\"", in: security, with: "audience=\"orders\""),
            finds: ["LS110 orders/orders/security.py:10"]),
        RuleFixture(
            .lifetimesDoNotFit, "tokens live two days, and one is accepted", in: sound,
            .replace("timedelta(minutes=15)", in: tokens, with: "timedelta(days=2)"),
            .replace(
                "orders\n    environment:", in: "docker-compose.prod.yml",
                with: "orders\n    environment:\n      JWT_MAX_LIFETIME_HOURS: 24"),
            finds: ["LS301 docker-compose.prod.yml:10"]),
        RuleFixture(
            .moduleDeclaresSecurity, "a plugin's manifest declares the secret",
            in: sound.merging([
                "plant/modules/farm/manifest.py": manifest("GRID_SIZE")
            ]) { $1 },
            .replace("GRID_SIZE", in: "plant/modules/farm/manifest.py", with: "SECRET_KEY"),
            finds: ["LS203 plant/modules/farm/manifest.py:5"]),
    ]

    private static func manifest(_ setting: String) -> String {
        """
        MANIFEST = {
            "name": "farm",
            "version": "1.0.0",
            "settings": {
                "\(setting)": {"type": "string", "required": True},
            },
        }
        """
    }

    @Test("each fault is found where it stands, and gone when it is mended", arguments: fixtures)
    func rule(_ fixture: RuleFixture) { fixture.verify() }
}
