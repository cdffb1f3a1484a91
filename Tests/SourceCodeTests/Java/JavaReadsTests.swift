import Testing

@testable import SourceCode

@Suite("Java, Kotlin and their settings: where secrets are read")
struct JavaReadsTests {
    @Test("System.getenv and a ternary default")
    func systemGetenvAndATernary() {
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
    func optionalWithADefault() {
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
    func aCheckThatThrows() {
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
    func aHelperOfTheFile() {
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

    @Test("@ConfigurationProperties")
    func configurationproperties() {
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

    @Test("Quarkus and Micronaut")
    func quarkusAndMicronaut() {
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
    func dotenvJava() {
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
    func aKeyThatIsMade() {
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
    func kotlinTheDefaultBehind() {
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

    @Test("other secrets and properties are none of it")
    func otherSecretsAndPropertiesAre() {
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
    func applicationYmlWithVariablesAnd() {
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

    @Test("Ktor's application.conf")
    func ktorSApplicationConf() {
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
