import Testing

@testable import SourceCode

@Suite("PHP and its settings: where tokens are signed and verified")
struct PHPTokensTests {
    @Test("Laravel's env with a default")
    func laravelSEnvWithA() {
        let text = """
            <?php
            class Tokens
            {
                private string $secret;

                public function __construct()
                {
                    $this->secret = env('JWT_SECRET', 'laravel-default');
                }

                public function issue(int $id): string
                {
                    $payload = ['iss' => 'portal', 'aud' => 'api', 'sub' => $id, 'exp' => time() + 3600];
                    return JWT::encode($payload, $this->secret, 'HS256');
                }
            }

            """
        #expect(
            FactLines.of(text, file: "main.php") == [
                "read 8:29 JWT_SECRET | 'laravel-default' as Tokens.secret by env",
                "sign 14:16 JWT::encode HS256 with JWT_SECRET | 'laravel-default' named Tokens.secret iss portal aud api",
                "lifetime 13:79 exp 3600",
            ])
    }

    @Test("firebase/php-jwt verifies with a Key")
    func firebasePhpJwtVerifiesWith() {
        let text = #"""
            <?php
            use Firebase\JWT\JWT;
            use Firebase\JWT\Key;

            function verify(string $token): object
            {
                return JWT::decode($token, new Key(getenv('JWT_SECRET'), 'HS512'));
            }

            """#
        #expect(
            FactLines.of(text, file: "main.php") == [
                "read 7:47 JWT_SECRET by getenv",
                "verify 7:12 JWT::decode HS512 with JWT_SECRET",
            ])
    }

    @Test("firebase/php-jwt of old")
    func firebasePhpJwtOfOld() {
        let text = #"""
            <?php
            const KEY = 'example_key';
            $decoded = \Firebase\JWT\JWT::decode($jwt, KEY, array('HS256'));

            """#
        #expect(
            FactLines.of(text, file: "main.php") == [
                "verify 3:12 JWT::decode HS256 with 'example_key' named KEY"
            ])
    }

    @Test("empty() and die")
    func emptyAndDie() {
        let text = """
            <?php
            $key = $_ENV['JWT_SECRET'];
            if (empty($key)) die('no key');
            $token = JWT::encode($data, $key, 'HS256');

            """
        #expect(
            FactLines.of(text, file: "main.php") == [
                "read 2:14 JWT_SECRET? ! as key by $_ENV",
                "sign 4:10 JWT::encode HS256 with JWT_SECRET? ! named key",
            ])
    }

    @Test("lcobucci/jwt with a text")
    func lcobucciJwtWithAText() {
        let text = """
            <?php
            $config = Configuration::forSymmetricSigner(new Sha256(), InMemory::plainText(getenv('JWT_SECRET')));
            $token = $config->builder()->issuedBy('portal')->getToken($config->signer(), $config->signingKey());

            """
        #expect(
            FactLines.of(text, file: "main.php") == [
                "read 2:86 JWT_SECRET by getenv",
                "sign 2:11 forSymmetricSigner HS256 with JWT_SECRET",
                "verify 2:11 forSymmetricSigner HS256 with JWT_SECRET",
            ])
    }

    @Test("lcobucci/jwt by its parts")
    func lcobucciJwtByItsParts() {
        let text = """
            <?php
            $key = InMemory::base64Encoded($_ENV['JWT_SECRET']);
            $token = $builder->getToken(new Sha384(), $key);
            $validator->assert($token, new SignedWith(new Sha384(), $key));

            """
        #expect(
            FactLines.of(text, file: "main.php") == [
                "read 2:38 JWT_SECRET as key by $_ENV",
                "sign 3:10 getToken HS384 with JWT_SECRET named key",
                "verify 4:32 SignedWith HS384 with JWT_SECRET named key",
            ])
    }

    @Test("Laravel's config for jwt-auth")
    func laravelSConfigForJwt() {
        let text = """
            <?php

            return [
                'secret' => env('JWT_SECRET'),
                'keys' => ['public' => env('JWT_PUBLIC_KEY')],
                'ttl' => env('JWT_TTL', 60),
                'algo' => env('JWT_ALGO', 'HS256'),
            ];

            """
        #expect(
            FactLines.of(text, file: "config/jwt.php") == [
                "read 4:21 JWT_SECRET as config:jwt.secret by env",
                "read 5:32 JWT_PUBLIC_KEY as config:jwt.keys.public by env",
                "sign 4:21 jwt-auth HS256 with JWT_SECRET named config:jwt.secret",
                "verify 4:21 jwt-auth HS256 with JWT_SECRET named config:jwt.secret",
            ])
    }

    @Test("Laravel's config is asked")
    func laravelSConfigIsAsked() {
        let text = """
            <?php
            $token = JWT::encode($payload, config('jwt.secret'), 'HS256');
            $other = JWT::encode($payload, config('services.auth.secret', 'config-default'), 'HS256');

            """
        #expect(
            FactLines.of(text, file: "main.php") == [
                "read 3:32 <config:services.auth.secret> | 'config-default' as config:services.auth.secret by constant",
                "sign 2:10 JWT::encode HS256 with ? named config:jwt.secret",
                "sign 3:10 JWT::encode HS256 with <config:services.auth.secret> | 'config-default' named config:services.auth.secret",
            ])
    }

    @Test("Symfony's attributes")
    func symfonySAttributes() {
        let text = """
            <?php
            final class TokenFactory
            {
                public function __construct(
                    #[Autowire(env: 'JWT_SECRET')] private string $secret,
                    #[Autowire('%env(AUTH_SECRET)%')]
                    private string $other,
                ) {
                }

                public function sign(array $claims): string
                {
                    return JWT::encode($claims, $this->secret, 'HS256');
                }
            }

            """
        #expect(
            FactLines.of(text, file: "main.php") == [
                "read 5:25 JWT_SECRET ! as TokenFactory.secret by #[Autowire]",
                "read 6:26 AUTH_SECRET ! as TokenFactory.other by #[Autowire]",
                "sign 13:16 JWT::encode HS256 with JWT_SECRET ! named TokenFactory.secret",
            ])
    }

    @Test("lexik's keys are a pair")
    func lexikSKeysAreA() {
        let text = """
            lexik_jwt_authentication:
                secret_key: '%env(resolve:JWT_SECRET_KEY)%'
                public_key: '%env(resolve:JWT_PUBLIC_KEY)%'
                token_ttl: 3600

            """
        #expect(
            FactLines.of(text, file: "config/packages/lexik_jwt_authentication.yaml") == [
                "sign 2:5 lexik_jwt_authentication with (pair) named lexik_jwt_authentication.secret_key",
                "verify 2:5 lexik_jwt_authentication with (pair) named lexik_jwt_authentication.secret_key",
            ])
    }

    @Test("a constant and define")
    func aConstantAndDefine() {
        let text = """
            <?php
            define('JWT_SECRET', 'defined-in-code');
            class Auth
            {
                const SECRET_ENV = 'JWT_KEY';
                public static function key() { return getenv(self::SECRET_ENV); }
            }
            $jwt = JWT::encode($p, JWT_SECRET, 'HS256');

            """
        #expect(
            FactLines.of(text, file: "main.php") == [
                "read 2:22 'defined-in-code' as JWT_SECRET by constant",
                "read 6:50 JWT_KEY as Auth.key() by getenv",
                "sign 8:8 JWT::encode HS256 with ? named JWT_SECRET",
            ])
    }

    @Test("a token made by hand")
    func aTokenMadeByHand() {
        let text = """
            <?php
            function sign($header, $payload)
            {
                return hash_hmac('sha256', $header . '.' . $payload, $_ENV['JWT_SECRET'], true);
            }
            function webhook($body)
            {
                return hash_hmac('sha256', $body, getenv('STRIPE_WEBHOOK_SECRET'));
            }

            """
        #expect(
            FactLines.of(text, file: "main.php") == [
                "read 4:64 JWT_SECRET by $_ENV",
                "sign 4:12 hash_hmac HS256 with JWT_SECRET",
            ])
    }

    @Test("a key that is made of the variable, and one that is random")
    func aKeyThatIsMade() {
        let text = """
            <?php
            $key = hash('sha256', getenv('JWT_SECRET'));
            $random = getenv('AUTH_SECRET') ?: bin2hex(random_bytes(32));
            JWT::encode($p, $key, 'HS256');

            """
        #expect(
            FactLines.of(text, file: "main.php") == [
                "read 2:8 computed(JWT_SECRET) as key by getenv",
                "read 3:18 AUTH_SECRET? | computed() as random by getenv",
                "sign 4:1 JWT::encode HS256 with computed(JWT_SECRET) named key",
            ])
    }

    @Test("key pairs")
    func keyPairs() {
        let text = """
            <?php
            $key = openssl_pkey_get_private(file_get_contents('key.pem'));
            JWT::encode($payload, $key, 'RS256');
            JWT::decode($jwt, JWK::parseKeySet($jwks));

            """
        #expect(
            FactLines.of(text, file: "main.php") == [
                "sign 3:1 JWT::encode RS256 with (pair) named key",
                "verify 4:1 JWT::decode with (pair) named JWK.parseKeySet()",
            ])
    }
}
