import Testing

@testable import SourceCode

@Suite("Python: tokens and frameworks")
struct PythonTokensTests {
    @Test("all that a source says, and no more", arguments: fixtures)
    func facts(fixture: SourceFixture) {
        fixture.check(PythonReader())
    }

    private static let fixtures: [SourceFixture] = [
        .init(
            "Flask and its extension", "main.py",
            #"""
            import os
            from datetime import timedelta
            from flask import Flask
            from flask_jwt_extended import JWTManager, create_access_token, jwt_required

            app = Flask(__name__)
            app.config["SECRET_KEY"] = os.environ.get("SECRET_KEY", "flask-default")
            app.config["JWT_SECRET_KEY"] = os.environ.get("JWT_SECRET_KEY", "super-secret")
            app.config["JWT_ACCESS_TOKEN_EXPIRES"] = timedelta(hours=12)
            jwt = JWTManager(app)

            @app.route("/login")
            def login():
                return create_access_token(identity="x")

            @app.route("/me")
            @jwt_required()
            def me():
                return "x"
            """#,
            [
                "read 7:43 SECRET_KEY | 'flask-default' as app.config.SECRET_KEY by os.environ",
                "read 8:47 JWT_SECRET_KEY | 'super-secret' as app.config.JWT_SECRET_KEY by os.environ",
                "sign 10:7 JWTManager with JWT_SECRET_KEY | 'super-secret' named app.config.JWT_SECRET_KEY",
                "verify 10:7 JWTManager with JWT_SECRET_KEY | 'super-secret' named app.config.JWT_SECRET_KEY",
                "sign 14:12 create_access_token with JWT_SECRET_KEY | 'super-secret' named app.config.JWT_SECRET_KEY",
                "verify 17:2 jwt_required with JWT_SECRET_KEY | 'super-secret' named app.config.JWT_SECRET_KEY",
                "lifetime 9:1 app.config.JWT_ACCESS_TOKEN_EXPIRES 43200",
            ]),
        .init(
            "Django with Simple JWT", "main.py",
            #"""
            from datetime import timedelta
            import environ

            env = environ.Env()
            SECRET_KEY = env("DJANGO_SECRET_KEY", default="insecure")
            SIMPLE_JWT = {
                "ACCESS_TOKEN_LIFETIME": timedelta(minutes=5),
                "REFRESH_TOKEN_LIFETIME": timedelta(days=1),
                "ALGORITHM": "HS256",
                "SIGNING_KEY": env.str("JWT_SECRET", default=SECRET_KEY),
                "VERIFYING_KEY": "",
                "ISSUER": "portal",
            }
            """#,
            [
                "read 5:18 DJANGO_SECRET_KEY | 'insecure' as SECRET_KEY by env",
                "read 10:28 JWT_SECRET | DJANGO_SECRET_KEY | 'insecure' as SIMPLE_JWT.SIGNING_KEY by env",
                "sign 10:5 SIMPLE_JWT HS256 with JWT_SECRET | DJANGO_SECRET_KEY | 'insecure' iss portal",
                "verify 10:5 SIMPLE_JWT HS256 with JWT_SECRET | DJANGO_SECRET_KEY | 'insecure' iss portal",
                "lifetime 7:5 ACCESS_TOKEN_LIFETIME 300",
            ]),
        .init(
            "a loader of the repository", "main.py",
            #"""
            import jwt
            from shared.secrets import get_jwt_secret, SecretManager

            def a(t):
                return jwt.decode(t, get_jwt_secret(), algorithms=["HS256"])

            def b(t):
                key = SecretManager().get_secret("jwt")
                return jwt.encode(t, key, "HS256")
            """#,
            [
                "verify 5:12 jwt.decode HS256 with <get_jwt_secret()> named get_jwt_secret()",
                "sign 9:12 jwt.encode HS256 with <SecretManager().get_secret()> named SecretManager().get_secret()",
            ]),
        .init(
            "keys that are made", "main.py",
            #"""
            import base64, hashlib, os, secrets, uuid
            import jwt

            A = hashlib.sha256(os.environ["JWT_SECRET"].encode()).hexdigest()
            B = f"{os.getenv('JWT_SECRET')}-{os.getenv('ENVIRONMENT', 'development')}"
            JWT_SECRET = os.getenv("JWT_SECRET", secrets.token_urlsafe(32))
            D = base64.b64decode(os.environ["JWT_SECRET"])
            SIGNING_KEY = str(uuid.uuid4())
            jwt.encode({}, A)
            jwt.encode({}, B)
            jwt.encode({}, D)
            """#,
            [
                "read 4:5 computed(JWT_SECRET) as A by os.environ",
                "read 5:5 computed(JWT_SECRET, ENVIRONMENT) as B by os.getenv",
                "read 6:24 JWT_SECRET | computed() as JWT_SECRET by os.getenv",
                "read 7:5 computed(JWT_SECRET) as D by os.environ",
                "read 8:1 computed() as SIGNING_KEY by constant",
                "sign 9:1 jwt.encode with computed(JWT_SECRET) named A",
                "sign 10:1 jwt.encode with computed(JWT_SECRET, ENVIRONMENT) named B",
                "sign 11:1 jwt.encode with computed(JWT_SECRET) named D",
                "environment 5:44 ENVIRONMENT 'development'",
            ]),
        .init(
            "a verification that checks nothing", "main.py",
            #"""
            import jwt
            a = jwt.decode(t, options={"verify_signature": False})
            b = jwt.decode(t, "", verify=False)
            header = jwt.get_unverified_header(t)
            """#,
            [
                "verify 2:5 jwt.decode none with ?",
                "verify 3:5 jwt.decode none with ?",
            ]),
        .init(
            "public keys", "main.py",
            #"""
            import jwt
            from jwt import PyJWKClient

            client = PyJWKClient("https://issuer/.well-known/jwks.json", lifespan=300)
            key = client.get_signing_key_from_jwt(t).key
            a = jwt.decode(t, key, algorithms=["RS256"])
            PUBLIC = open("keys/public.pem").read()
            b = jwt.decode(t, PUBLIC, algorithms=["ES256"])
            """#,
            [
                "verify 6:5 jwt.decode RS256 with (pair) named client.get_signing_key_from_jwt().key",
                "verify 8:5 jwt.decode ES256 with (pair) named PUBLIC",
                "cache 4:71 lifespan 300",
            ]),
        .init(
            "HMAC by hand", "main.py",
            #"""
            import base64, hashlib, hmac, os

            SECRET = os.environ["JWT_SECRET"]

            def create_token(header, payload):
                signing_input = b64(header) + b"." + b64(payload)
                return signing_input + b"." + b64(hmac.new(SECRET.encode(), signing_input, hashlib.sha256).digest())

            def verify_token(token):
                signing_input, signature = token.rsplit(b".", 1)
                expected = hmac.new(SECRET.encode(), signing_input, "sha512").digest()

            def verify_webhook(body):
                return hmac.new(os.environ["WEBHOOK_SECRET"].encode(), body, hashlib.sha256).hexdigest()
            """#,
            [
                "read 3:21 JWT_SECRET ! as SECRET by os.environ",
                "sign 7:39 hmac.new HS256 with JWT_SECRET ! named SECRET",
                "verify 11:16 hmac.new HS512 with JWT_SECRET ! named SECRET",
            ]),
        .init(
            "FastAPI Users", "main.py",
            #"""
            import os
            from fastapi_users.authentication import JWTStrategy

            SECRET = os.getenv("AUTH_SECRET", "SECRET")

            def get_jwt_strategy() -> JWTStrategy:
                return JWTStrategy(secret=SECRET, lifetime_seconds=3600)
            """#,
            [
                "read 4:20 AUTH_SECRET | 'SECRET' as SECRET by os.getenv",
                "sign 7:12 JWTStrategy with AUTH_SECRET | 'SECRET' named SECRET",
                "verify 7:12 JWTStrategy with AUTH_SECRET | 'SECRET' named SECRET",
                "lifetime 7:56 lifetime_seconds 3600",
            ]),
        .init(
            "a service class with its key as a field", "main.py",
            #"""
            import os
            import jwt
            from app.config import settings

            class TokenService:
                def __init__(self, leeway: int = 10):
                    self.secret = os.getenv("JWT_SECRET")
                    if not self.secret:
                        raise ValueError("no secret")
                    self.other = settings.jwt.secret

                def issue(self, claims):
                    return jwt.encode(claims, self.secret, algorithm="HS256")

                def check(self, token):
                    return jwt.decode(token, self.other, algorithms=["HS256"])
            """#,
            [
                "read 7:33 JWT_SECRET? ! as TokenService.secret by os.getenv",
                "sign 13:16 jwt.encode HS256 with JWT_SECRET? ! named TokenService.secret",
                "verify 16:16 jwt.decode HS256 with ? named settings.jwt.secret",
            ]),
        .init(
            "a parameter and dependency injection", "main.py",
            #"""
            import jwt
            from fastapi import Depends

            def check(token: str, settings: Settings = Depends(get_settings)):
                return jwt.decode(token, settings.jwt_secret, algorithms=["HS256"])

            def sign(claims, secret):
                return jwt.encode(claims, secret, algorithm="HS256")
            """#,
            [
                "verify 5:12 jwt.decode HS256 with ? named settings.jwt_secret",
                "sign 8:12 jwt.encode HS256 with ? named secret",
            ]),
        .init(
            "a public key by a name", "main.py",
            #"""
            import jwt
            def check(token, client):
                signing_key = client.get_signing_key_from_jwt(token)
                return jwt.decode(token, signing_key.key, algorithms=["RS256"])
            """#,
            [
                "verify 4:12 jwt.decode RS256 with (pair) named client.get_signing_key_from_jwt().key"
            ]),
        .init(
            "an application factory", "main.py",
            #"""
            import os
            from flask import Flask, current_app
            import jwt

            def create_app():
                app = Flask(__name__)
                app.config["SECRET_KEY"] = "dev"
                app.config.from_mapping(JWT_SECRET_KEY=os.environ.get("JWT_SECRET_KEY", "mapping"))
                return app

            def check(token):
                return jwt.decode(token, current_app.config["SECRET_KEY"], algorithms=["HS256"])
            """#,
            [
                "read 7:5 'dev' as app.config.SECRET_KEY by constant",
                "read 8:59 JWT_SECRET_KEY | 'mapping' as app.config.JWT_SECRET_KEY by os.environ",
                "verify 12:12 jwt.decode HS256 with ? named current_app.config.SECRET_KEY",
            ]),
    ]
}
