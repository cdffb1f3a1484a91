import Testing

@testable import SourceCode

@Suite("Python: what else is told, and what is not")
struct PythonRestTests {
    @Test("all that a source says, and no more", arguments: fixtures)
    func facts(fixture: SourceFixture) {
        fixture.check(PythonReader())
    }

    private static let fixtures: [SourceFixture] = [
        .init(
            "the environment and lifetimes", "main.py",
            #"""
            import os
            from datetime import datetime, timedelta
            import jwt

            ENVIRONMENT = os.getenv("ENVIRONMENT", "development")
            IS_CLOUD = bool(os.environ.get("K_SERVICE"))
            env = os.environ.get("APP_ENV") or "prod"
            ACCESS_TOKEN_EXPIRE_MINUTES = int(os.getenv("ACCESS_TOKEN_EXPIRE_MINUTES", "15"))
            JWT_EXPIRATION_HOURS = 24 * 7
            REFRESH_TOKEN_EXPIRE_DAYS = 30

            def token(sub):
                expire = datetime.utcnow() + timedelta(hours=1, minutes=30)
                return jwt.encode({"sub": sub, "exp": expire, "iss": "portal"}, "a literal key in a call", algorithm="HS256")
            """#,
            [
                "sign 14:12 jwt.encode HS256 with 'a literal key in a call' iss portal",
                "environment 5:25 ENVIRONMENT 'development'",
                "environment 6:32 K_SERVICE",
                "environment 7:22 APP_ENV 'prod'",
                "lifetime 8:1 ACCESS_TOKEN_EXPIRE_MINUTES 900",
                "lifetime 9:1 JWT_EXPIRATION_HOURS 604800",
                "lifetime 14:36 exp 5400",
            ]),
        .init(
            "a plugin's manifest", "main.py",
            #"""
            MODULE_MANIFEST = {
                "module_name": "farm_manager",
                "version": "1.8.0",
                "config": {"SECRET_KEY": "x", "PAGE_SIZE": 50, "CORS_ORIGINS": ["*"]},
                "settings": ["JWT_SECRET", "THEME", {"name": "DATABASE_URL"}],
            }
            """#,
            [
                "read 4:16 'x' as MODULE_MANIFEST.config.SECRET_KEY by constant",
                "declares 4:16 SECRET_KEY",
                "declares 4:52 CORS_ORIGINS",
                "declares 5:18 JWT_SECRET",
                "declares 5:50 DATABASE_URL",
            ]),
        .init(
            "a CDK stack", "main.py",
            #"""
            from aws_cdk import Stack, SecretValue, aws_ecs as ecs

            class Api(Stack):
                def build(self, secret):
                    task.add_container(
                        "api",
                        environment={"JWT_SECRET": "plain-text-in-the-stack", "PORT": "80"},
                        secrets={"JWT_SECRET_KEY": ecs.Secret.from_secrets_manager(secret, "key")},
                    )
                    lambda_.Function(self, "f", environment={"JWT_SECRET": secret.secret_value.unsafe_unwrap()})
            """#,
            [
                "read 7:26 'plain-text-in-the-stack' as JWT_SECRET by cdk environment",
                "read 8:22 <aws_ecs.Secret.from_secrets_manager()> as JWT_SECRET_KEY by cdk secrets",
                "read 10:50 'secret.secret_value.unsafe_unwrap()' as JWT_SECRET by cdk environment",
            ]),
        .init(
            "options of a command line", "main.py",
            #"""
            import click

            @click.command()
            @click.option("--jwt-secret", envvar=["JWT_SECRET", "JWT_SECRET_KEY"], default="cli-default")
            @click.option("--api-key", envvar="API_KEY")
            def serve(jwt_secret, api_key):
                pass
            """#,
            [
                "read 4:38 JWT_SECRET | JWT_SECRET_KEY | 'cli-default' as jwt_secret by click"
            ]),
        .init(
            "secrets with another purpose are nothing", "main.py",
            #"""
            import os
            SESSION_SECRET = os.getenv("SESSION_SECRET", "x")
            STRIPE_SECRET_KEY = os.environ["STRIPE_SECRET_KEY"]
            WEBHOOK_SECRET = os.getenv("WEBHOOK_SECRET")
            JWT_SECRET_EXPIRES = os.getenv("JWT_SECRET_EXPIRES", "10")
            serializer = URLSafeTimedSerializer(SESSION_SECRET)
            "import jwt; jwt.encode({}, os.getenv('JWT_SECRET', 'in a text'))"
            # jwt.encode({}, "in a comment")
            """#,
            []),
        .init(
            "malformed", "main.py",
            #"""
            import os
            def broken(:
                x = (os.getenv("JWT_SECRET", "a"
            class
            """#,
            [
                "read 3:20 JWT_SECRET | 'a' as x by os.getenv"
            ]),
        .init(
            "what a function makes for itself is no setting", "main.py",
            #"""
            import os, secrets
            from pydantic_settings import BaseSettings

            def rotate():
                secret = secrets.token_hex(32)
                jwt_secret = "only-in-here"
                return {"metadata-token-ttl-seconds": 300}

            class Settings(BaseSettings):
                jwt_secret: str = os.getenv("JWT_SECRET", "twice")
            """#,
            [
                "read 10:5 JWT_SECRET | 'twice' as Settings.jwt_secret by pydantic settings"
            ]),
    ]
}
