import Evidence
import Testing

@testable import Check

/// Manifests of hosting platforms: `fly.toml`, `render.yaml`, `app.yaml`, `vercel.json`, and the `Procfile`.
///
/// What a platform keeps for itself is not in its file, so that a missing secret (`LS101`, `LS104`) is known where the file
/// lists all there is: `render.yaml` and `app.yaml`. `LS108`: none of them has versions. `LS112` is about workflows, `LS113`
/// about images (and build arguments of `fly.toml` and `vercel.json`), `LS114` about task definitions and templates. `LS109`:
/// an app that says staging is one of staging, unless one file lists several services. `LS107`: what a platform keeps is
/// kept for each app by itself.
@Suite("Rules in manifests of hosting platforms")
struct HostingRuleTests {
    private static let code: [String: String] = [
        "login/Gemfile": "source 'https://rubygems.org'\ngem 'jwt'\ngem 'sinatra'\n",
        "login/app.rb": """
        require 'jwt'
        require 'sinatra'

        post '/login' do
          payload = { sub: params[:user], exp: Time.now.to_i + 900 }
          JWT.encode(payload, ENV.fetch('JWT_SECRET'), 'HS256')
        end
        """,
        "api/composer.json": #"{"require": {"firebase/php-jwt": "^6.10"}}"#,
        "api/src/Auth.php": """
        <?php

        use Firebase\\JWT\\JWT;
        use Firebase\\JWT\\Key;

        final class Auth
        {
            public function user(string $token): object
            {
                return JWT::decode($token, new Key(getenv('JWT_SECRET'), 'HS256'));
            }
        }
        """,
    ]

    private static func with(_ files: [String: String]) -> [String: String] { code.merging(files) { $1 } }

    // MARK: Fly.io

    private static func fly(_ login: String, _ api: String, arguments: String = "") -> [String: String] {
        with([
            "login/fly.toml": """
            app = "shop-login"
            primary_region = "ams"

            [build]
              dockerfile = "Dockerfile"

            [env]
              APP_ENV = "production"
              PORT = "8080"\(login)

            [http_service]
              internal_port = 8080
              force_https = true
            """,
            "api/fly.toml": """
            app = "shop-api"
            primary_region = "ams"

            [build]
              dockerfile = "Dockerfile"
            \(arguments)
            [env]
              APP_ENV = "production"
              PORT = "8080"\(api)

            [http_service]
              internal_port = 8080
              force_https = true
            """,
        ])
    }

    private static func toml(_ name: String, _ value: String) -> String { "\n  \(name) = \"\(value)\"" }

    private static let flying = fly("", "")
    private static let inFly = [
        RuleFixture(
            .committedSecret, "the secret of both apps stands in their files",
            broken: fly(toml("JWT_SECRET", Given.strong), toml("JWT_SECRET", Given.strong)), mended: flying,
            finds: ["LS105 api/fly.toml:10", "LS105 login/fly.toml:10"]),
        RuleFixture(
            .differentSecrets, "each app has a text of its own",
            broken: fly(toml("JWT_SECRET", Given.strong), toml("JWT_SECRET", Given.strongToo)), mended: flying,
            finds: ["LS102 api/fly.toml:10", "LS105 api/fly.toml:10", "LS105 login/fly.toml:10"]
        ),
        RuleFixture(
            .twoNamesTwoValues, "an app has two names with two values",
            broken: fly(
                "", toml("JWT_SECRET", Given.strong) + toml("JWT_SECRET_KEY", Given.strongToo)
            ).filter { !$0.key.hasSuffix(".php") }, mended: flying.filter { !$0.key.hasSuffix(".php") },
            finds: ["LS103 api/fly.toml:10", "LS105 api/fly.toml:10", "LS105 api/fly.toml:11"]),
        RuleFixture(
            .weakSecret, "both apps have a placeholder",
            broken: fly(toml("JWT_SECRET", "changeme"), toml("JWT_SECRET", "changeme")), mended: flying,
            finds: ["LS106 api/fly.toml:10", "LS106 login/fly.toml:10"]),
        RuleFixture(
            .policyDiffers, "the apps want two audiences",
            broken: fly(toml("JWT_AUDIENCE", "shop"), toml("JWT_AUDIENCE", "api")), mended: flying,
            finds: ["LS110 api/fly.toml:10"]),
        RuleFixture(
            .secretInImage, "the image is built with it",
            broken: fly("", "", arguments: "\n[build.args]\n  JWT_SECRET = \"\(Given.strong)\"\n"), mended: flying,
            finds: ["LS113 api/fly.toml:8"]),
        RuleFixture(
            .lifetimesDoNotFit, "tokens live longer than the api takes them",
            broken: fly(toml("JWT_EXPIRATION_HOURS", "48"), toml("JWT_MAX_LIFETIME_HOURS", "24")), mended: flying,
            finds: ["LS301 api/fly.toml:10"]),
    ]

    @Test("fly.toml: each fault is found where it stands, and gone when it is mended", arguments: inFly)
    func ruleInFly(_ fixture: RuleFixture) { fixture.verify() }

    // MARK: Render

    private static func render(_ login: String, _ api: String, group: String = "        generateValue: true")
        -> [String: String]
    {
        with([
            "render.yaml": """
            envVarGroups:
              - name: tokens
                envVars:
                  - key: APP_ENV
                    value: production
                  - key: JWT_SECRET
            \(group)

            services:
              - type: web
                name: login
                runtime: ruby
                rootDir: login
                envVars:
                  - key: JWT_AUDIENCE
                    value: shop
            \(login)
              - type: web
                name: api
                runtime: docker
                rootDir: api
                envVars:
                  - key: JWT_AUDIENCE
                    value: shop
            \(api)
            """
        ])
    }

    private static let grouped = "      - fromGroup: tokens"
    private static let rendered = render(grouped, grouped)

    private static let inRender = [
        RuleFixture(
            .missingSecret, "the api is not in the group",
            broken: render(grouped, "      - {key: APP_ENV, value: production}"), mended: rendered,
            finds: ["LS101 render.yaml:19"]),
        RuleFixture(
            .differentSecrets, "each service generates its own",
            broken: render(
                "      - {key: JWT_SECRET, generateValue: true}", "      - {key: JWT_SECRET, generateValue: true}"),
            mended: render(
                "      - {key: JWT_SECRET, generateValue: true}",
                "      - {key: JWT_SECRET, fromService: {type: web, name: login, envVarKey: JWT_SECRET}}"),
            finds: ["LS102 render.yaml:25"]),
        RuleFixture(
            .committedSecret, "the group's secret stands in the file",
            broken: render(grouped, grouped, group: "        value: \(Given.strong)"), mended: rendered,
            finds: ["LS105 render.yaml:6"]),
        RuleFixture(
            .weakSecret, "the group's secret is a placeholder",
            broken: render(grouped, grouped, group: "        value: change-me"), mended: rendered,
            finds: ["LS106 render.yaml:6"]),
        RuleFixture(
            .mixedEnvironments, "the api is told another environment",
            broken: render(grouped, grouped + "\n      - {key: APP_ENV, value: staging}"), mended: rendered,
            finds: ["LS109 render.yaml:26"]),
        RuleFixture(
            .policyDiffers, "the services want two audiences",
            broken: render(grouped, grouped + "\n      - {key: JWT_AUDIENCE, value: api}"), mended: rendered,
            finds: ["LS110 render.yaml:26"]),
        RuleFixture(
            .lifetimesDoNotFit, "the api takes tokens for less time than they live",
            broken: render(
                grouped + "\n      - {key: JWT_EXPIRATION_HOURS, value: 48}",
                grouped + "\n      - {key: JWT_MAX_LIFETIME_HOURS, value: 24}"), mended: rendered,
            finds: ["LS301 render.yaml:27"]),
        RuleFixture(
            .defaultReachesProduction, "the api is left to its code's default",
            broken: render(grouped, "      - {key: APP_ENV, value: production}").merging([
                "api/src/Auth.php": (code["api/src/Auth.php"] ?? "").replacing(
                    "getenv('JWT_SECRET')", with: "getenv('JWT_SECRET') ?: 'dev-secret'")
            ]) { $1 }, mended: rendered,
            finds: ["LS102 api/src/Auth.php:10", "LS104 render.yaml:19", "LS202 api/src/Auth.php:10"]),
    ]

    @Test("render.yaml: each fault is found where it stands, and gone when it is mended", arguments: inRender)
    func ruleInRender(_ fixture: RuleFixture) { fixture.verify() }

    // MARK: App Engine

    private static func engine(_ login: String, _ api: String) -> [String: String] {
        with([
            "login/app.yaml": """
            runtime: ruby32
            service: login
            entrypoint: bundle exec ruby app.rb

            env_variables:
              APP_ENV: production
              JWT_AUDIENCE: shop
            \(login)
            """,
            "api/app.yaml": """
            runtime: php82
            service: api

            env_variables:
              APP_ENV: production
              JWT_AUDIENCE: shop
            \(api)
            """,
        ])
    }

    private static let filled = "  JWT_SECRET: ${JWT_SECRET}"
    private static let engines = engine(filled, filled)

    private static let inEngine = [
        RuleFixture(
            .missingSecret, "the api's file has no secret", broken: engine(filled, "  LOG_LEVEL: info"),
            mended: engines,
            finds: ["LS101 api/app.yaml:2"]),
        RuleFixture(
            .differentSecrets, "the api's is filled in from another variable",
            broken: engine(filled, "  JWT_SECRET: ${API_JWT_SECRET}"), mended: engines, finds: ["LS102 api/app.yaml:7"]),
        RuleFixture(
            .committedSecret, "it stands in both files",
            broken: engine("  JWT_SECRET: \(Given.strong)", "  JWT_SECRET: \(Given.strong)"), mended: engines,
            finds: ["LS105 api/app.yaml:7", "LS105 login/app.yaml:8"]),
        RuleFixture(
            .weakSecret, "both files have a short text",
            broken: engine("  JWT_SECRET: shop", "  JWT_SECRET: shop"), mended: engines,
            finds: ["LS106 api/app.yaml:7", "LS106 login/app.yaml:8"]),
        RuleFixture(
            .policyDiffers, "the files want two audiences",
            broken: engine(filled, filled).merging([
                "api/app.yaml": (engines["api/app.yaml"] ?? "").replacing("shop", with: "api")
            ]) { $1 }, mended: engines, finds: ["LS110 api/app.yaml:6"]),
    ]

    @Test("app.yaml: each fault is found where it stands, and gone when it is mended", arguments: inEngine)
    func ruleInEngine(_ fixture: RuleFixture) { fixture.verify() }

    // MARK: Vercel

    private static func vercel(_ env: String, build: String = "{}") -> [String: String] {
        [
            "web/package.json": #"{"name": "web", "dependencies": {"jsonwebtoken": "9", "next": "14"}}"#,
            "web/pages/api/session.ts": """
            import jwt from 'jsonwebtoken';

            export default function handler(request, response) {
              response.json({ token: jwt.sign({ sub: request.body.user }, process.env.JWT_SECRET!, { algorithm: 'HS256' }) });
            }
            """,
            "web/vercel.json": """
            {
              "env": \(env),
              "build": {"env": \(build)}
            }
            """,
        ]
    }

    private static let kept = vercel(#"{"JWT_SECRET": "@jwt-secret"}"#)

    private static let inVercel = [
        RuleFixture(
            .committedSecret, "the project's secret stands in the file",
            broken: vercel(#"{"JWT_SECRET": "\#(Given.strong)"}"#), mended: kept, finds: ["LS105 web/vercel.json:2"]),
        RuleFixture(
            .weakSecret, "the project's secret is a placeholder", broken: vercel(#"{"JWT_SECRET": "changeme"}"#),
            mended: kept, finds: ["LS106 web/vercel.json:2"]),
        RuleFixture(
            .secretInImage, "the build is given it",
            broken: vercel(#"{"JWT_SECRET": "@jwt-secret"}"#, build: #"{"JWT_SECRET": "\#(Given.strong)"}"#),
            mended: kept, finds: ["LS113 web/vercel.json:3"]),
    ]

    @Test("vercel.json: each fault is found where it stands, and gone when it is mended", arguments: inVercel)
    func ruleInVercel(_ fixture: RuleFixture) { fixture.verify() }

    // MARK: Procfile

    private static func procfile(_ text: String) -> [String: String] {
        with(["Procfile": text])
    }

    private static let plain = procfile(
        "login: cd login && bundle exec ruby app.rb\napi: cd api && php -S 0.0.0.0:8001\n")

    private static let inProcfile = [
        RuleFixture(
            .committedSecret, "a process starts with it",
            broken: procfile(
                """
                login: JWT_SECRET=\(Given.strong) bundle exec ruby login/app.rb
                api: JWT_SECRET=\(Given.strong) php -S 0.0.0.0:8001 -t api
                """), mended: plain, finds: ["LS105 Procfile:1", "LS105 Procfile:2"]),
        RuleFixture(
            .differentSecrets, "two processes start with two texts",
            broken: procfile(
                """
                login: JWT_SECRET=\(Given.strong) bundle exec ruby login/app.rb
                api: JWT_SECRET=\(Given.strongToo) php -S 0.0.0.0:8001 -t api
                """), mended: plain, finds: ["LS102 Procfile:2", "LS105 Procfile:1", "LS105 Procfile:2"]),
    ]

    @Test("Procfile: each fault is found where it stands, and gone when it is mended", arguments: inProcfile)
    func ruleInProcfile(_ fixture: RuleFixture) { fixture.verify() }
}
