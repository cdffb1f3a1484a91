import Testing

@testable import SourceCode

@Suite("Python: reads and defaults")
struct PythonReadsTests {
    @Test("all that a source says, and no more", arguments: fixtures)
    func facts(fixture: SourceFixture) {
        fixture.check(PythonReader())
    }

    private static let fixtures: [SourceFixture] = [
        .init(
            "a variable with a default, used at once", "main.py",
            #"""
            import os
            import jwt

            SECRET_KEY = os.getenv("SECRET_KEY", "your-secret-key-here")

            def make(user):
                return jwt.encode({"sub": user}, SECRET_KEY, algorithm="HS256")

            def check(token):
                return jwt.decode(token, SECRET_KEY, algorithms=["HS256"], audience="api", issuer="portal")
            """#,
            [
                "read 4:24 SECRET_KEY | 'your-secret-key-here' as SECRET_KEY by os.getenv",
                "sign 7:12 jwt.encode HS256 with SECRET_KEY | 'your-secret-key-here' named SECRET_KEY",
                "verify 10:12 jwt.decode HS256 with SECRET_KEY | 'your-secret-key-here' named SECRET_KEY iss portal aud api",
            ]),
        .init(
            "a variable without which the module does not load", "main.py",
            #"""
            import os, jwt
            JWT_SECRET = os.environ["JWT_SECRET"]
            claims = jwt.decode(raw, key=JWT_SECRET, algorithms=["HS256", "HS384"])
            """#,
            [
                "read 2:25 JWT_SECRET ! as JWT_SECRET by os.environ",
                "verify 3:10 jwt.decode HS256,HS384 with JWT_SECRET ! named JWT_SECRET",
            ]),
        .init(
            "imports under other names", "main.py",
            #"""
            from os import environ as env, getenv as ge
            from jwt import encode as sign, decode
            KEY = env.get("JWT_SECRET") or ge("JWT_SECRET_KEY") or "fallback-key"
            token = sign(payload, KEY)
            data = decode(token, KEY, ["HS256"])
            """#,
            [
                "read 3:15 JWT_SECRET? | JWT_SECRET_KEY? | 'fallback-key' as KEY by os.environ",
                "sign 4:9 jwt.encode with JWT_SECRET? | JWT_SECRET_KEY? | 'fallback-key' named KEY",
                "verify 5:8 jwt.decode HS256 with JWT_SECRET? | JWT_SECRET_KEY? | 'fallback-key' named KEY",
            ]),
        .init(
            "a check that raises makes it required", "main.py",
            #"""
            import os
            from jose import jwt

            secret = os.environ.get("JWT_SECRET", "")
            if not secret:
                raise RuntimeError("JWT_SECRET is required")

            ALGORITHM = "HS256"

            def verify(token: str):
                return jwt.decode(token, secret, algorithms=[ALGORITHM])
            """#,
            [
                "read 4:25 JWT_SECRET? ! as secret by os.environ",
                "verify 11:12 jwt.decode HS256 with JWT_SECRET? ! named secret",
            ]),
        .init(
            "a name that is bound again where it was empty", "main.py",
            #"""
            import os, secrets
            JWT_SECRET = os.getenv("JWT_SECRET")
            if JWT_SECRET is None:
                JWT_SECRET = secrets.token_hex(32)
            """#,
            [
                "read 2:24 JWT_SECRET | computed() as JWT_SECRET by os.getenv"
            ]),
        .init(
            "a conditional expression and a walrus", "main.py",
            #"""
            import os, jwt
            key = os.environ["JWT_SECRET"] if "JWT_SECRET" in os.environ else "local"
            def f(t):
                if (k := os.getenv("JWT_SIGNING_KEY")):
                    return jwt.decode(t, k, algorithms=["HS512"])
            """#,
            [
                "read 2:18 JWT_SECRET | 'local' as key by os.environ",
                "read 4:24 JWT_SIGNING_KEY as k by os.getenv",
                "verify 5:16 jwt.decode HS512 with JWT_SIGNING_KEY named k",
            ]),
        .init(
            "a loader of this file", "main.py",
            #"""
            import os
            import jwt
            from functools import lru_cache

            @lru_cache
            def load_secret():
                value = os.getenv("JWT_SECRET")
                if value:
                    return value
                return "from-the-loader"

            def check(t):
                return jwt.decode(t, load_secret(), algorithms=["HS256"])
            """#,
            [
                "read 7:23 JWT_SECRET? | 'from-the-loader' as load_secret() by os.getenv",
                "verify 13:12 jwt.decode HS256 with JWT_SECRET? | 'from-the-loader' named load_secret()",
            ]),
        .init(
            "the names of variables as constants", "main.py",
            #"""
            import os
            import jwt

            JWT_SECRET_ENV = "JWT_SECRET"
            JWT_ALGORITHM = os.getenv("JWT_ALGORITHM", "HS384")
            key = os.getenv(JWT_SECRET_ENV)
            jwt.encode({}, key, algorithm=JWT_ALGORITHM)
            """#,
            [
                "read 6:17 JWT_SECRET as key by os.getenv",
                "sign 7:1 jwt.encode HS384 with JWT_SECRET named key",
            ]),
        .init(
            "a variable whose name does not tell, by its use", "main.py",
            #"""
            import os, jwt
            MAGIC = os.environ["PORTAL_MAGIC"]
            jwt.encode({}, MAGIC)
            """#,
            [
                "read 2:20 PORTAL_MAGIC ! as MAGIC by os.environ",
                "sign 3:1 jwt.encode with PORTAL_MAGIC ! named MAGIC",
            ]),
        .init(
            "a nested function and a branch by environment", "main.py",
            #"""
            import os

            def build():
                if os.environ.get("FLASK_ENV") == "production":
                    secret_key = os.environ["SECRET_KEY"]
                else:
                    secret_key = "dev"
                return secret_key
            """#,
            [
                "read 5:33 SECRET_KEY? | 'dev' as secret_key by os.environ",
                "environment 4:23 FLASK_ENV",
            ]),
        .init(
            "a function of the repository that reads variables", "main.py",
            #"""
            import os
            import jwt
            from core.environment import get_env

            def setting(name, default=None):
                value = os.environ.get(name, default)
                if value is None:
                    raise KeyError(name)
                return value

            JWT_SECRET = setting("JWT_SECRET", "helped")
            TOKEN_SECRET = get_env("TOKEN_SECRET", default="elsewhere")
            jwt.encode({}, JWT_SECRET)
            """#,
            [
                "read 11:22 JWT_SECRET | 'helped' as JWT_SECRET by setting",
                "read 12:24 TOKEN_SECRET? | 'elsewhere' as TOKEN_SECRET by get_env",
                "sign 13:1 jwt.encode with JWT_SECRET | 'helped' named JWT_SECRET",
            ]),
        .init(
            "argparse and Typer", "main.py",
            #"""
            import argparse, os
            import jwt, typer

            parser = argparse.ArgumentParser()
            parser.add_argument("-s", "--jwt-secret", default=os.getenv("JWT_SECRET", "cli"))
            args = parser.parse_args()
            jwt.encode({}, args.jwt_secret)

            def main(secret: str = typer.Option("typed", envvar="JWT_SECRET")):
                pass
            """#,
            [
                "read 5:61 JWT_SECRET | 'cli' as args.jwt_secret by os.getenv",
                "read 9:53 JWT_SECRET | 'typed' by click",
                "sign 7:1 jwt.encode with ? named args.jwt_secret",
            ]),
    ]
}
