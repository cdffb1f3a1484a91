import Evidence
import Testing

@testable import Check

/// Rules over code in Ruby, PHP and Swift. `LS203` has no form in them: modules' manifests are YAML (here), JSON, Python or
/// JavaScript.
@Suite("Rules over Ruby, PHP and Swift")
struct DynamicLanguageRuleTests {
    // MARK: Ruby

    private static let ruby = LanguageShop.with([
        "auth/Gemfile": "gem 'jwt'\n",
        "auth/app.rb": """
        require 'jwt'

        ENVIRONMENT = ENV.fetch('ENVIRONMENT', 'production')
        SECRET = ENV.fetch('JWT_SECRET')

        def issue(user)
          payload = { sub: user.id, iss: 'auth', aud: 'shop', exp: Time.now.to_i + 900 }
          JWT.encode(payload, SECRET, 'HS256')
        end
        """,
        "orders/Gemfile": "gem 'jwt'\n",
        "orders/app.rb": """
        require 'jwt'

        ENVIRONMENT = ENV.fetch('ENVIRONMENT', 'production')
        SECRET = ENV.fetch('JWT_SECRET')

        def user(token)
          JWT.decode(token, SECRET, true, { algorithm: 'HS256', iss: 'auth', verify_iss: true, aud: 'shop', verify_aud: true }).first
        end
        """,
        "modules/farm/manifest.yaml": "module_name: farm\nversion: 1.0.0\nsettings:\n  GRID_SIZE: 10\n",
    ])

    private static let inRuby = [
        RuleFixture(
            .secondLoadingPath, "Ruby: a cable reads another name", in: ruby,
            .write(
                "orders/cable.rb",
                """
                require 'jwt'

                def connect(token)
                  JWT.decode(token, ENV.fetch('JWT_SECRET_KEY'), true, { algorithm: 'HS256' })
                end
                """),
            .replace(
                "orders\n    environment:", in: LanguageShop.compose,
                with: "orders\n    environment:\n      JWT_SECRET_KEY: ${JWT_SECRET:?}"),
            finds: ["LS201 orders/cable.rb:4"]),
        RuleFixture(
            .defaultInCode, "Ruby: fetch has a text", in: ruby,
            .replace("ENV.fetch('JWT_SECRET')", in: "orders/app.rb", with: "ENV.fetch('JWT_SECRET', 'ruby-secret')"),
            finds: ["LS202 orders/app.rb:4"]),
        RuleFixture(
            .defaultInCode, "Ruby: fetch has a block that makes one", in: ruby,
            .replace(
                "ENV.fetch('JWT_SECRET')", in: "orders/app.rb", with: "ENV.fetch('JWT_SECRET') { SecureRandom.hex(32) }"
            ),
            finds: ["LS202 orders/app.rb:4"]),
        RuleFixture(
            .environmentDetectedTwice, "Ruby: the programs ask two variables", in: ruby,
            .replace("'ENVIRONMENT'", in: "orders/app.rb", with: "'APP_ENV'"), finds: ["LS204 orders/app.rb:3"]),
        RuleFixture(
            .environmentDetectedTwice, "Ruby: the programs assume two environments", in: ruby,
            .replace("'production'", in: "orders/app.rb", with: "'development'"), finds: ["LS204 orders/app.rb:3"]),
        RuleFixture(
            .policyDiffers, "Ruby: another algorithm is accepted", in: ruby,
            .replace("'HS256'", in: "orders/app.rb", with: "'HS512'"), finds: ["LS110 orders/app.rb:7"]),
        RuleFixture(
            .policyDiffers, "Ruby: another issuer is accepted", in: ruby,
            .replace("iss: 'auth'", in: "orders/app.rb", with: "iss: 'portal'"), finds: ["LS110 orders/app.rb:7"]),
        RuleFixture(
            .lifetimesDoNotFit, "Ruby: tokens live for two days", in: ruby, LanguageShop.limited,
            .replace("+ 900", in: "auth/app.rb", with: "+ 172800"), finds: ["LS301 docker-compose.prod.yml:10"]),
        RuleFixture(
            .moduleDeclaresSecurity, "YAML: a module declares the secret", in: ruby,
            .replace("GRID_SIZE: 10", in: "modules/farm/manifest.yaml", with: "SECRET_KEY: null"),
            finds: ["LS203 modules/farm/manifest.yaml:4"]),
    ]

    @Test("Ruby: each fault is found where it stands, and gone when it is mended", arguments: inRuby)
    func ruleInRuby(_ fixture: RuleFixture) { fixture.verify() }

    // MARK: PHP

    private static let php = LanguageShop.with([
        "auth/composer.json": #"{"require": {"firebase/php-jwt": "^6"}}"#,
        "auth/src/Tokens.php": """
        <?php

        use Firebase\\JWT\\JWT;

        $environment = getenv('ENVIRONMENT') ?: 'production';

        function issue(string $subject): string
        {
            $payload = ['sub' => $subject, 'iss' => 'auth', 'aud' => 'shop', 'exp' => time() + 900];
            return JWT::encode($payload, getenv('JWT_SECRET'), 'HS256');
        }
        """,
        "orders/composer.json": #"{"require": {"firebase/php-jwt": "^6"}}"#,
        "orders/src/Auth.php": """
        <?php

        use Firebase\\JWT\\JWT;
        use Firebase\\JWT\\Key;

        $environment = getenv('ENVIRONMENT') ?: 'production';

        function user(string $token): object
        {
            return JWT::decode($token, new Key(getenv('JWT_SECRET'), 'HS256'));
        }
        """,
    ])

    private static let inPHP = [
        RuleFixture(
            .secondLoadingPath, "PHP: a worker reads another name", in: php,
            .write(
                "orders/src/Worker.php",
                """
                <?php

                use Firebase\\JWT\\JWT;
                use Firebase\\JWT\\Key;

                function check(string $token): object
                {
                    return JWT::decode($token, new Key($_ENV['JWT_SECRET_KEY'], 'HS256'));
                }
                """),
            .replace(
                "orders\n    environment:", in: LanguageShop.compose,
                with: "orders\n    environment:\n      JWT_SECRET_KEY: ${JWT_SECRET:?}"),
            finds: ["LS201 orders/src/Worker.php:8"]),
        RuleFixture(
            .defaultInCode, "PHP: an empty variable becomes a text", in: php,
            .replace("getenv('JWT_SECRET')", in: "orders/src/Auth.php", with: "getenv('JWT_SECRET') ?: 'php-secret'"),
            finds: ["LS202 orders/src/Auth.php:10"]),
        RuleFixture(
            .environmentDetectedTwice, "PHP: the programs ask two variables", in: php,
            .replace("'ENVIRONMENT'", in: "orders/src/Auth.php", with: "'APP_ENV'"),
            finds: ["LS204 orders/src/Auth.php:6"]),
        RuleFixture(
            .environmentDetectedTwice, "PHP: the programs assume two environments", in: php,
            .replace("'production'", in: "orders/src/Auth.php", with: "'development'"),
            finds: ["LS204 orders/src/Auth.php:6"]),
        RuleFixture(
            .policyDiffers, "PHP: another algorithm is accepted", in: php,
            .replace("'HS256'", in: "orders/src/Auth.php", with: "'HS512'"), finds: ["LS110 orders/src/Auth.php:10"]),
        RuleFixture(
            .lifetimesDoNotFit, "PHP: tokens live for two days", in: php, LanguageShop.limited,
            .replace("+ 900", in: "auth/src/Tokens.php", with: "+ 172800"), finds: ["LS301 docker-compose.prod.yml:10"]),
    ]

    @Test("PHP: each fault is found where it stands, and gone when it is mended", arguments: inPHP)
    func ruleInPHP(_ fixture: RuleFixture) { fixture.verify() }

    // MARK: Swift

    private static let swift = LanguageShop.with([
        "auth/Package.swift": "// swift-tools-version:6.0\n",
        "auth/Sources/Auth/configure.swift": """
        import JWT
        import Vapor

        func configure(_ app: Application) async throws {
            let environment = Environment.get("ENVIRONMENT") ?? "production"
            guard let secret = Environment.get("JWT_SECRET") else { fatalError("JWT_SECRET is not set") }
            await app.jwt.keys.add(hmac: HMACKey(from: secret), digestAlgorithm: .sha256)
        }
        """,
        "auth/Sources/Auth/login.swift": """
        import JWT
        import Vapor

        func login(_ request: Request) async throws -> String {
            try await request.jwt.sign(AccessToken(subject: "1"))
        }
        """,
        "orders/Package.swift": "// swift-tools-version:6.0\n",
        "orders/Sources/Orders/configure.swift": """
        import JWT
        import Vapor

        func configure(_ app: Application) async throws {
            let environment = Environment.get("ENVIRONMENT") ?? "production"
            guard let secret = Environment.get("JWT_SECRET") else { fatalError("JWT_SECRET is not set") }
            await app.jwt.keys.add(hmac: HMACKey(from: secret), digestAlgorithm: .sha256)
        }

        func user(_ request: Request) async throws -> AccessToken {
            try await request.jwt.verify(as: AccessToken.self)
        }
        """,
    ])
    private static let configure = "orders/Sources/Orders/configure.swift"

    private static let inSwift = [
        RuleFixture(
            .secondLoadingPath, "Swift: a socket reads another name", in: swift,
            .write(
                "orders/Sources/Orders/socket.swift",
                """
                import Foundation
                import JWTKit

                func check(_ token: String) async throws -> AccessToken {
                    let keys = JWTKeyCollection()
                    let secret = ProcessInfo.processInfo.environment["JWT_SECRET_KEY"]!
                    await keys.add(hmac: HMACKey(from: secret), digestAlgorithm: .sha256)
                    return try await keys.verify(token, as: AccessToken.self)
                }
                """),
            .replace(
                "orders\n    environment:", in: LanguageShop.compose,
                with: "orders\n    environment:\n      JWT_SECRET_KEY: ${JWT_SECRET:?}"),
            finds: ["LS201 orders/Sources/Orders/socket.swift:7"]),
        RuleFixture(
            .defaultInCode, "Swift: an absent variable becomes a text", in: swift,
            .replace(
                "guard let secret = Environment.get(\"JWT_SECRET\") else { fatalError(\"JWT_SECRET is not set\") }",
                in: configure, with: "let secret = Environment.get(\"JWT_SECRET\") ?? \"swift-secret\""),
            finds: ["LS202 orders/Sources/Orders/configure.swift:6"]),
        RuleFixture(
            .environmentDetectedTwice, "Swift: the programs ask two variables", in: swift,
            .replace("\"ENVIRONMENT\"", in: configure, with: "\"APP_ENV\""),
            finds: ["LS204 orders/Sources/Orders/configure.swift:5"]),
        RuleFixture(
            .environmentDetectedTwice, "Swift: the programs assume two environments", in: swift,
            .replace("\"production\"", in: configure, with: "\"development\""),
            finds: ["LS204 orders/Sources/Orders/configure.swift:5"]),
        RuleFixture(
            .policyDiffers, "Swift: another algorithm is accepted", in: swift,
            .replace(".sha256", in: configure, with: ".sha512"),
            finds: ["LS110 orders/Sources/Orders/configure.swift:7"]),
    ]

    @Test("Swift: each fault is found where it stands, and gone when it is mended", arguments: inSwift)
    func ruleInSwift(_ fixture: RuleFixture) { fixture.verify() }
}
