import Testing

@testable import SourceCode

@Suite("Sources of the JVM, and its settings")
struct JavaFixtureTests {
    @Test("System.getenv and a ternary default")
    func fixture1() {
        let text = """
            class Tokens {
                private final String secret;

                Tokens() {
                    String value = System.getenv("JWT_SECRET");
                    this.secret = value != null ? value : "change-me";
                }
            }

            """
        #expect(
            FactLines.of(text, file: "Tokens.java") == [
                "read 5:38 JWT_SECRET | 'change-me' as Tokens.secret by System.getenv"
            ])
    }

    @Test("Optional with a default")
    func fixture2() {
        let text = """
            class Config {
                static final String SECRET = Optional.ofNullable(System.getenv("JWT_SECRET")).orElse("secret");
                static final String OTHER = System.getenv().getOrDefault("SECRET_KEY", "dev");
            }

            """
        #expect(
            FactLines.of(text, file: "Config.java") == [
                "read 2:68 JWT_SECRET | 'secret' as Config.SECRET by System.getenv",
                "read 3:62 SECRET_KEY | 'dev' as Config.OTHER by System.getenv",
            ])
    }

    @Test("a check that throws")
    func fixture3() {
        let text = """
            class Config {
                static byte[] key() {
                    String secret = System.getenv("JWT_SECRET");
                    if (secret == null || secret.isBlank()) {
                        throw new IllegalStateException("JWT_SECRET is not set");
                    }
                    return secret.getBytes(StandardCharsets.UTF_8);
                }
            }

            """
        #expect(
            FactLines.of(text, file: "Config.java") == [
                "read 3:39 JWT_SECRET? ! as secret by System.getenv"
            ])
    }

    @Test("a helper of the file")
    func fixture4() {
        let text = """
            class Env {
                static final String SECRET = env("JWT_SECRET", "insecure");

                private static String env(String name, String fallback) {
                    String value = System.getenv(name);
                    return value == null ? fallback : value;
                }
            }

            """
        #expect(
            FactLines.of(text, file: "Env.java") == [
                "read 2:38 JWT_SECRET | 'insecure' as Env.SECRET by env"
            ])
    }

    @Test("Spring's @Value on a field")
    func fixture5() {
        let text = """
            @Service
            public class JwtService {
                @Value("${jwt.secret:defaultSecret}")
                private String secret;

                @Value("${JWT_SECRET}")
                private String other;

                @Value("${app.jwtSecret}")
                private String third;

                private Key key() {
                    return Keys.hmacShaKeyFor(Decoders.BASE64.decode(secret));
                }

                public String generate(String name) {
                    return Jwts.builder()
                        .setSubject(name)
                        .setIssuer("portal")
                        .setExpiration(new Date(System.currentTimeMillis() + 1000 * 60 * 60))
                        .signWith(key(), SignatureAlgorithm.HS256)
                        .compact();
                }
            }

            """
        #expect(
            FactLines.of(text, file: "JwtService.java") == [
                "read 3:15 JWT_SECRET | 'defaultSecret' as JwtService.secret by @Value jwt.secret",
                "read 6:15 JWT_SECRET ! as JwtService.other by @Value",
                "read 9:15 APP_JWTSECRET | APP_JWT_SECRET ! as JwtService.third by @Value app.jwtSecret",
                "sign 21:14 signWith HS256 with JWT_SECRET | 'defaultSecret' named key() iss portal",
                "lifetime 20:14 expiresAt 3600",
            ])
    }

    @Test("Spring's @Value in a constructor")
    func fixture6() {
        let text = """
            @Component
            public class TokenProvider {
                private final SecretKey key;

                public TokenProvider(@Value("${jwt.secret}") String secret) {
                    this.key = Keys.hmacShaKeyFor(secret.getBytes());
                }

                public Claims parse(String token) {
                    return Jwts.parser().verifyWith(key).requireIssuer("portal").build().parseSignedClaims(token).getPayload();
                }
            }

            """
        #expect(
            FactLines.of(text, file: "TokenProvider.java") == [
                "read 5:36 JWT_SECRET ! as TokenProvider.key by @Value jwt.secret",
                "verify 10:30 verifyWith with JWT_SECRET ! named key iss portal",
            ])
    }

    @Test("@ConfigurationProperties")
    func fixture7() {
        let text = """
            @ConfigurationProperties(prefix = "app.jwt")
            public class JwtProperties {
                private String secret;
                private String signingKey = "default-key";
                private long expirationMinutes = 30;
            }

            """
        #expect(
            FactLines.of(text, file: "JwtProperties.java") == [
                "read 3:20 APP_JWT_SECRET as JwtProperties.secret by @ConfigurationProperties app.jwt.secret",
                "read 4:20 APP_JWT_SIGNINGKEY | APP_JWT_SIGNING_KEY | 'default-key' as JwtProperties.signingKey by @ConfigurationProperties app.jwt.signingKey",
            ])
    }

    @Test("jjwt of old: algorithm first, bytes as a text")
    func fixture8() {
        let text = """
            class Old {
                private static final String SECRET = "mySecretKey";

                String sign() {
                    return Jwts.builder().setSubject("x").signWith(SignatureAlgorithm.HS512, SECRET).compact();
                }

                Claims read(String token) {
                    return Jwts.parser().setSigningKey(SECRET).parseClaimsJws(token).getBody();
                }
            }

            """
        #expect(
            FactLines.of(text, file: "Old.java") == [
                "read 2:33 'mySecretKey' as Old.SECRET by constant",
                "sign 5:47 signWith HS512 with 'mySecretKey' named SECRET",
                "verify 9:30 setSigningKey with 'mySecretKey' named SECRET",
            ])
    }

    @Test("jjwt's parser builder")
    func fixture9() {
        let text = """
            class Reader {
                Claims read(String token, AppConfig config) {
                    return Jwts.parserBuilder()
                        .setSigningKey(config.getJwtSecret().getBytes())
                        .requireAudience("api")
                        .build()
                        .parseClaimsJws(token)
                        .getBody();
                }
            }

            """
        #expect(
            FactLines.of(text, file: "Reader.java") == [
                "verify 4:14 setSigningKey with ? named config.jwtSecret aud api"
            ])
    }

    @Test("java-jwt signs and verifies")
    func fixture10() {
        let text = """
            class Auth {
                private final Algorithm algorithm = Algorithm.HMAC256(System.getenv("JWT_SECRET"));

                String sign() {
                    return JWT.create().withIssuer("portal").withAudience("api")
                        .withExpiresAt(Instant.now().plus(15, ChronoUnit.MINUTES)).sign(algorithm);
                }

                DecodedJWT verify(String token) {
                    return JWT.require(algorithm).withIssuer("portal").build().verify(token);
                }
            }

            """
        #expect(
            FactLines.of(text, file: "Auth.java") == [
                "read 2:73 JWT_SECRET as Auth.algorithm by System.getenv",
                "sign 6:72 JWT.sign HS256 with JWT_SECRET iss portal aud api",
                "verify 10:16 JWT.require HS256 with JWT_SECRET iss portal",
                "lifetime 6:14 expiresAt 900",
            ])
    }

    @Test("java-jwt with a key pair")
    func fixture11() {
        let text = """
            class Auth {
                DecodedJWT verify(String token, RSAPublicKey key) {
                    return JWT.require(Algorithm.RSA256(key, null)).build().verify(token);
                }
            }

            """
        #expect(
            FactLines.of(text, file: "Auth.java") == [
                "verify 3:16 JWT.require RS256 with (pair) named Algorithm.RSA256()"
            ])
    }

    @Test("Nimbus")
    func fixture12() {
        let text = """
            class Nimbus {
                String sign(String secret) throws JOSEException {
                    JWSSigner signer = new MACSigner(System.getenv("JWT_SECRET").getBytes());
                    SignedJWT jwt = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims);
                    jwt.sign(signer);
                    return jwt.serialize();
                }

                boolean verify(SignedJWT jwt) throws JOSEException {
                    return jwt.verify(new MACVerifier(secret));
                }
            }

            """
        #expect(
            FactLines.of(text, file: "Nimbus.java") == [
                "read 3:56 JWT_SECRET as signer by System.getenv",
                "sign 3:32 MACSigner HS256 with JWT_SECRET",
                "verify 10:31 MACVerifier with ? named secret",
            ])
    }

    @Test("Spring Security with a shared secret")
    func fixture13() {
        let text = """
            @Configuration
            class SecurityConfig {
                @Value("${jwt.secret}") String secret;

                @Bean
                JwtDecoder jwtDecoder() {
                    SecretKeySpec key = new SecretKeySpec(secret.getBytes(), "HmacSHA256");
                    return NimbusJwtDecoder.withSecretKey(key).macAlgorithm(MacAlgorithm.HS512).build();
                }

                @Bean
                JwtEncoder jwtEncoder() {
                    return new NimbusJwtEncoder(new ImmutableSecret<>(secret.getBytes()));
                }
            }

            """
        #expect(
            FactLines.of(text, file: "SecurityConfig.java") == [
                "read 3:15 JWT_SECRET ! as SecurityConfig.secret by @Value jwt.secret",
                "verify 8:16 withSecretKey HS512 with JWT_SECRET ! named secret",
                "sign 13:41 ImmutableSecret with JWT_SECRET ! named secret",
            ])
    }

    @Test("Spring Security with a JWK Set")
    func fixture14() {
        let text = """
            @Configuration
            class SecurityConfig {
                @Bean
                JwtDecoder jwtDecoder() {
                    return NimbusJwtDecoder.withJwkSetUri("https://issuer.example/.well-known/jwks.json").build();
                }
            }

            """
        #expect(
            FactLines.of(text, file: "SecurityConfig.java") == [
                "verify 5:16 withJwkSetUri with (pair) named NimbusJwtDecoder.withJwkSetUri()"
            ])
    }

    @Test("Quarkus and Micronaut")
    func fixture15() {
        let text = """
            class Q {
                @ConfigProperty(name = "jwt.secret", defaultValue = "quarkus-dev")
                String secret;

                @Property(name = "auth.jwt-secret")
                String other;
            }

            """
        #expect(
            FactLines.of(text, file: "Q.java") == [
                "read 2:28 JWT_SECRET | 'quarkus-dev' as Q.secret by @ConfigProperty jwt.secret",
                "read 5:22 AUTH_JWTSECRET | AUTH_JWT_SECRET ! as Q.other by @Property auth.jwt-secret",
            ])
    }

    @Test("dotenv-java")
    func fixture16() {
        let text = """
            class D {
                private static final Dotenv dotenv = Dotenv.load();
                private static final String SECRET = dotenv.get("JWT_SECRET", "dotenv-default");
            }

            """
        #expect(
            FactLines.of(text, file: "D.java") == [
                "read 3:53 JWT_SECRET | 'dotenv-default' as D.SECRET by dotenv"
            ])
    }

    @Test("a key that is made of the variable")
    func fixture17() {
        let text = """
            class Derived {
                byte[] key() throws Exception {
                    MessageDigest digest = MessageDigest.getInstance("SHA-256");
                    return digest.digest(System.getenv("JWT_SECRET").getBytes());
                }

                SecretKey random() { return Keys.secretKeyFor(SignatureAlgorithm.HS256); }
            }

            """
        #expect(
            FactLines.of(text, file: "Derived.java") == [
                "read 4:16 computed(JWT_SECRET) as Derived.key() by System.getenv"
            ])
    }

    @Test("Kotlin: the default behind ?:")
    func fixture18() {
        let text = """
            val secret: String = System.getenv("JWT_SECRET") ?: "dev-secret"
            val required = System.getenv("SECRET_KEY") ?: throw IllegalStateException("SECRET_KEY")
            val nothing = System.getenv("APP_ENV") ?: "development"
            val third = System.getenv("AUTH_SECRET")?.takeIf { it.isNotBlank() } ?: error("AUTH_SECRET")

            """
        #expect(
            FactLines.of(text, file: "Config.kt") == [
                "read 1:36 JWT_SECRET | 'dev-secret' as secret by System.getenv",
                "read 2:30 SECRET_KEY ! as required by System.getenv",
                "read 4:27 AUTH_SECRET ! as third by System.getenv",
                "environment 3:29 APP_ENV 'development'",
            ])
    }

    @Test("Kotlin: @Value in the head of a class")
    func fixture19() {
        let text = #"""
            @Service
            class JwtService(@Value("\${jwt.secret:kotlin-default}") private val secret: String) {
                private val key = Keys.hmacShaKeyFor(secret.toByteArray())

                fun sign(): String = Jwts.builder().issuer("portal").signWith(key, Jwts.SIG.HS256).compact()
            }

            """#
        #expect(
            FactLines.of(text, file: "JwtService.kt") == [
                "read 2:29 JWT_SECRET | 'kotlin-default' as JwtService.secret by @Value jwt.secret",
                "sign 5:58 signWith HS256 with JWT_SECRET | 'kotlin-default' named secret iss portal",
            ])
    }

    @Test("Kotlin: lazy, companion and by hand")
    func fixture20() {
        let text = """
            class Keys {
                private val secret by lazy { System.getenv("JWT_SECRET") ?: DEFAULT }

                fun sign(payload: String): String {
                    val mac = Mac.getInstance("HmacSHA256")
                    mac.init(SecretKeySpec(secret.toByteArray(), "HmacSHA256"))
                    return encode(mac.doFinal(payload.toByteArray()))
                }

                companion object {
                    const val DEFAULT = "companion-default"
                }
            }

            """
        #expect(
            FactLines.of(text, file: "Keys.kt") == [
                "read 2:48 JWT_SECRET | 'companion-default' as Keys.secret by System.getenv",
                "sign 6:9 Mac.init HS256 with JWT_SECRET | 'companion-default' named secret",
            ])
    }

    @Test("Ktor")
    func fixture21() {
        let text = """
            fun Application.module() {
                val secret = environment.config.property("jwt.secret").getString()
                install(Authentication) {
                    jwt("auth-jwt") {
                        verifier(JWT.require(Algorithm.HMAC256(secret)).withAudience("api").withIssuer("portal").build())
                    }
                }
            }

            """
        #expect(
            FactLines.of(text, file: "Application.kt") == [
                "read 2:46 JWT_SECRET ! as secret by Ktor settings jwt.secret",
                "verify 5:22 JWT.require HS256 with JWT_SECRET ! named secret iss portal aud api",
            ])
    }

    @Test("other secrets and properties are none of it")
    func fixture22() {
        let text = """
            class Other {
                String stripe = System.getenv("STRIPE_SECRET_KEY");
                String home = System.getProperty("user.home");
                @Value("${jwt.expiration}") long expiration;
                @Value("${spring.datasource.password}") String password;
                boolean ok = list.get(0).equals("JWT_SECRET");
            }

            """
        #expect(
            FactLines.of(text, file: "Other.java") == [])
    }

    @Test("application.yml with variables and defaults")
    func fixture23() {
        let text = """
            spring:
              profiles:
                active: ${SPRING_PROFILES_ACTIVE:dev}
            jwt:
              secret: ${JWT_SECRET:yaml-default}  # change me
              expiration: 15m
            app:
              auth:
                token-secret: "${AUTH_SECRET}"
                jwtSecret: literal-in-yaml
            security:
              jwt-key: ${A_SECRET:${SECRET_KEY:inner}}

            """
        #expect(
            FactLines.of(text, file: "src/main/resources/application.yml") == [
                "read 5:13 JWT_SECRET | 'yaml-default' as jwt.secret by settings",
                "read 9:22 AUTH_SECRET ! as app.auth.token-secret by settings",
                "read 10:5 APP_AUTH_JWTSECRET | APP_AUTH_JWT_SECRET | 'literal-in-yaml' as app.auth.jwtSecret by settings",
                "read 12:14 A_SECRET | SECRET_KEY | 'inner' as security.jwt-key by settings",
                "environment 3:15 SPRING_PROFILES_ACTIVE 'dev'",
                "lifetime 6:3 jwt.expiration 900",
            ])
    }

    @Test("application.properties")
    func fixture24() {
        let text = """
            # comment
            jwt.secret=${JWT_SECRET}
            app.jwt-secret = in-properties
            spring.security.oauth2.resourceserver.jwt.jwk-set-uri=https://issuer.example/jwks
            server.port=8080

            """
        #expect(
            FactLines.of(text, file: "application-prod.properties") == [
                "read 2:14 JWT_SECRET ! as jwt.secret by settings",
                "read 3:1 APP_JWTSECRET | APP_JWT_SECRET | 'in-properties' as app.jwt-secret by settings",
                "verify 4:1 jwt.jwk-set-uri with (pair) named spring.security.oauth2.resourceserver.jwt.jwk-set-uri",
            ])
    }

    @Test("Micronaut's settings sign and verify")
    func fixture25() {
        let text = """
            micronaut:
              security:
                token:
                  jwt:
                    signatures:
                      secret:
                        generator:
                          secret: "${JWT_GENERATOR_SIGNATURE_SECRET:pleaseChangeThisSecretForANewOne}"
                          jws-algorithm: HS256

            """
        #expect(
            FactLines.of(text, file: "application.yml") == [
                "read 8:26 JWT_GENERATOR_SIGNATURE_SECRET | 'pleaseChangeThisSecretForANewOne' as micronaut.security.token.jwt.signatures.secret.generator.secret by settings",
                "sign 8:15 micronaut.security.token.jwt.signatures.secret.generator.secret with JWT_GENERATOR_SIGNATURE_SECRET | 'pleaseChangeThisSecretForANewOne' named micronaut.security.token.jwt.signatures.secret.generator.secret",
                "verify 8:15 micronaut.security.token.jwt.signatures.secret.generator.secret with JWT_GENERATOR_SIGNATURE_SECRET | 'pleaseChangeThisSecretForANewOne' named micronaut.security.token.jwt.signatures.secret.generator.secret",
            ])
    }

    @Test("Ktor's application.conf")
    func fixture26() {
        let text = """
            ktor {
              deployment {
                port = 8080
              }
            }
            jwt {
              secret = "conf-default"
              secret = ${?JWT_SECRET}
              issuer = "portal"
            }
            auth.jwt.secret = ${AUTH_JWT_SECRET}

            """
        #expect(
            FactLines.of(text, file: "application.conf") == [
                "read 8:15 JWT_SECRET | 'conf-default' as jwt.secret by settings",
                "read 11:21 AUTH_JWT_SECRET ! as auth.jwt.secret by settings",
            ])
    }
}
