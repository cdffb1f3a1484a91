import Testing

@testable import SourceCode

@Suite("PHP and its settings: where secrets are read")
struct PHPReadsTests {
    @Test("getenv with ?: and $_ENV with ??")
    func getenvWithAndENVWith() {
        let text = """
            <?php
            $secret = getenv('JWT_SECRET') ?: 'dev-secret';
            $other = $_ENV['SECRET_KEY'] ?? 'fallback';
            $third = $_SERVER['AUTH_SECRET'] ?? null;

            """
        #expect(
            FactLines.of(text, file: "main.php") == [
                "read 2:18 JWT_SECRET? | 'dev-secret' as secret by getenv",
                "read 3:16 SECRET_KEY | 'fallback' as other by $_ENV",
                "read 4:19 AUTH_SECRET as third by $_SERVER",
            ])
    }

    @Test("a throw makes it required")
    func aThrowMakesItRequired() {
        let text = """
            <?php
            function secret(): string
            {
                $secret = getenv('JWT_SECRET');
                if (!$secret) {
                    throw new RuntimeException('JWT_SECRET is not set');
                }
                return $secret;
            }

            """
        #expect(
            FactLines.of(text, file: "main.php") == [
                "read 4:22 JWT_SECRET? ! as secret() by getenv"
            ])
    }

    @Test("the application's own key")
    func theApplicationSOwnKey() {
        let text = """
            <?php
            return [
                'env' => env('APP_ENV', 'production'),
                'key' => env('APP_KEY'),
            ];

            """
        #expect(
            FactLines.of(text, file: "config/app.php") == [
                "read 4:18 APP_KEY as config:app.key by env",
                "environment 3:18 APP_ENV 'production'",
            ])
    }

    @Test("Symfony's services.yaml")
    func symfonySServicesYaml() {
        let text = #"""
            parameters:
                jwt_secret: '%env(JWT_SECRET)%'
            services:
                App\TokenFactory:
                    arguments:
                        $secret: "%env(resolve:AUTH_SECRET)%"

            """#
        #expect(
            FactLines.of(text, file: "config/services.yaml") == [
                "read 2:23 JWT_SECRET ! as parameters.jwt_secret by %env%",
                "read 6:36 AUTH_SECRET ! as services.App\\TokenFactory.arguments.$secret by %env%",
            ])
    }

    @Test("a helper of the file")
    func aHelperOfTheFile() {
        let text = """
            <?php
            function env_or(string $name, $default = null)
            {
                return getenv($name) ?: $default;
            }
            $secret = env_or('JWT_SECRET', 'helper-default');

            """
        #expect(
            FactLines.of(text, file: "main.php") == [
                "read 6:18 JWT_SECRET | 'helper-default' as secret by env_or"
            ])
    }

    @Test("text around the code")
    func textAroundTheCode() {
        let text = """
            <html><body>Don't look</body>
            <?php $secret = getenv('JWT_SECRET'); ?>
            <p>It's not <?= $secret ?> here</p>
            <?php
            $second = getenv('AUTH_SECRET');

            """
        #expect(
            FactLines.of(text, file: "main.php") == [
                "read 2:24 JWT_SECRET as secret by getenv",
                "read 5:18 AUTH_SECRET as second by getenv",
            ])
    }

    @Test("a concatenation")
    func aConcatenation() {
        let text = """
            <?php
            $secret = 'prefix-' . getenv('JWT_SECRET');
            $text = "key: {$secret} and $other";

            """
        #expect(
            FactLines.of(text, file: "main.php") == [
                "read 2:11 computed(JWT_SECRET) as secret by getenv",
                "read 3:9 computed(JWT_SECRET, other) as text by getenv",
            ])
    }

    @Test("other secrets are none of it")
    func otherSecretsAreNoneOf() {
        let text = """
            <?php
            $stripe = env('STRIPE_SECRET');
            $db = getenv('DB_PASSWORD');
            $x = json_decode($body);
            if (App::environment('production')) { run(); }

            """
        #expect(
            FactLines.of(text, file: "main.php") == [
                "environment 5:5 APP_ENV"
            ])
    }
}
