import Testing

@testable import SourceCode

@Suite("Python: settings")
struct PythonSettingsTests {
    @Test("all that a source says, and no more", arguments: fixtures)
    func facts(fixture: SourceFixture) {
        fixture.check(PythonReader())
    }

    private static let fixtures: [SourceFixture] = [
        .init(
            "pydantic settings with a prefix and aliases", "main.py",
            #"""
            from pydantic import AliasChoices, Field, SecretStr
            from pydantic_settings import BaseSettings, SettingsConfigDict

            class Settings(BaseSettings):
                model_config = SettingsConfigDict(env_prefix="APP_", env_file=".env")
                secret_key: str = "dev_secret_key_change_in_production"
                jwt_secret: SecretStr
                token_secret: str = Field("x", validation_alias=AliasChoices("JWT_SECRET", "JWT_SECRET_KEY"))
                environment: str = "development"
                access_token_expire_minutes: int = 30

            settings = Settings()
            """#,
            [
                "read 6:5 APP_SECRET_KEY | 'dev_secret_key_change_in_production' as Settings.secret_key by pydantic settings",
                "read 7:5 APP_JWT_SECRET ! as Settings.jwt_secret by pydantic settings",
                "read 8:5 JWT_SECRET | JWT_SECRET_KEY | 'x' as Settings.token_secret by pydantic settings",
                "environment 9:5 APP_ENVIRONMENT 'development'",
                "lifetime 10:5 access_token_expire_minutes 1800",
            ]),
        .init(
            "a settings field that nothing uses for tokens is a read and no use", "main.py",
            #"""
            from pydantic import BaseSettings, Field

            class Settings(BaseSettings):
                SECRET_KEY: str = Field("changeme", env="SECRET_KEY")
                PAGE_SIZE: int = 50

                class Config:
                    env_prefix = "IGNORED_BY_ENV_"
            """#,
            [
                "read 4:5 SECRET_KEY | 'changeme' as Settings.SECRET_KEY by pydantic settings"
            ]),
        .init(
            "a settings object of another file", "main.py",
            #"""
            from jose import jwt
            from core.config import settings as cfg
            from core import config

            def create(data):
                return jwt.encode(data, cfg.SECRET_KEY, algorithm=cfg.ALGORITHM)

            def check(token):
                return jwt.decode(token, config.settings.SECRET_KEY.get_secret_value(), algorithms=["HS256"])
            """#,
            [
                "sign 6:12 jwt.encode with ? named settings.SECRET_KEY",
                "verify 9:12 jwt.decode HS256 with ? named config.settings.SECRET_KEY",
            ]),
        .init(
            "a settings object of this file", "main.py",
            #"""
            import jwt
            from pydantic_settings import BaseSettings

            class Settings(BaseSettings):
                JWT_SECRET: str
                JWT_ALGORITHM: str = "HS256"

            def get_settings() -> Settings:
                return Settings()

            settings = get_settings()

            def check(token):
                return jwt.decode(token, settings.JWT_SECRET, algorithms=[settings.JWT_ALGORITHM])
            """#,
            [
                "read 5:5 JWT_SECRET ! as Settings.JWT_SECRET by pydantic settings",
                "verify 14:12 jwt.decode HS256 with JWT_SECRET ! named settings.JWT_SECRET",
            ]),
        .init(
            "a dataclass with a default factory", "main.py",
            #"""
            import os
            from dataclasses import dataclass, field
            from authlib.jose import jwt

            @dataclass
            class Config:
                jwt_secret: str = field(default_factory=lambda: os.getenv("JWT_SECRET", "dataclass-default"))

            config = Config()
            token = jwt.encode({"alg": "HS256"}, {"iss": "portal", "aud": "api"}, config.jwt_secret)
            claims = jwt.decode(token, config.jwt_secret)
            """#,
            [
                "read 7:63 JWT_SECRET | 'dataclass-default' as Config.jwt_secret by os.getenv",
                "sign 10:9 jwt.encode HS256 with JWT_SECRET | 'dataclass-default' named config.jwt_secret iss portal aud api",
                "verify 11:10 jwt.decode with JWT_SECRET | 'dataclass-default' named config.jwt_secret",
            ]),
        .init(
            "decouple, Starlette and environs", "main.py",
            #"""
            from decouple import config
            from starlette.config import Config
            from environs import Env
            import jwt

            JWT_SECRET = config("JWT_SECRET", default="decoupled", cast=str)
            sconfig = Config(".env")
            TOKEN_SECRET = sconfig("TOKEN_SECRET", cast=Secret)
            e = Env()
            AUTH_SECRET = e.str("AUTH_SECRET", "environs-default")
            jwt.encode({}, str(TOKEN_SECRET))
            """#,
            [
                "read 6:21 JWT_SECRET | 'decoupled' as JWT_SECRET by decouple",
                "read 8:24 TOKEN_SECRET ! as TOKEN_SECRET by starlette Config",
                "read 10:21 AUTH_SECRET | 'environs-default' as AUTH_SECRET by env",
                "sign 11:1 jwt.encode with TOKEN_SECRET ! named TOKEN_SECRET",
            ]),
        .init(
            "Dynaconf and dotenv", "main.py",
            #"""
            from dotenv import dotenv_values
            from dynaconf import Dynaconf
            import jwt

            settings = Dynaconf(envvar_prefix="APP")
            values = dotenv_values(".env")
            a = jwt.encode({}, settings.JWT_SECRET)
            b = jwt.encode({}, values["JWT_SECRET"])
            """#,
            [
                "read 7:29 APP_JWT_SECRET by dynaconf",
                "read 8:27 JWT_SECRET ! by dotenv_values",
                "sign 7:5 jwt.encode with APP_JWT_SECRET",
                "sign 8:5 jwt.encode with JWT_SECRET !",
            ]),
        .init(
            "joserfc, getattr and a mapping", "main.py",
            #"""
            import os
            from joserfc import jwt
            from joserfc.jwk import OctKey
            from django.conf import settings

            key = OctKey.import_key(os.environ["JWT_SECRET"])
            t = jwt.encode({"alg": "HS256"}, {"sub": "x"}, key)
            c = jwt.decode(t, OctKey.import_key(getattr(settings, "JWT_SECRET", "mapped")))
            """#,
            [
                "read 6:36 JWT_SECRET ! as key by os.environ",
                "read 8:19 <settings.JWT_SECRET> | 'mapped' by constant",
                "sign 7:5 jwt.encode HS256 with JWT_SECRET ! named key",
                "verify 8:5 jwt.decode with <settings.JWT_SECRET> | 'mapped' named settings.JWT_SECRET",
            ]),
    ]
}
