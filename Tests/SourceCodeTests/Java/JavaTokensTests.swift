import Testing

@testable import SourceCode

@Suite("Java, Kotlin and their settings: where tokens are signed and verified")
struct JavaTokensTests {
    @Test("Spring's @Value on a field")
    func springSValueOnA() {
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
    func springSValueInA() {
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

    @Test("jjwt of old: algorithm first, bytes as a text")
    func jjwtOfOldAlgorithmFirst() {
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
    func jjwtSParserBuilder() {
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
    func javaJwtSignsAndVerifies() {
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
    func javaJwtWithAKey() {
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
    func nimbus() {
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
    func springSecurityWithAShared() {
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
    func springSecurityWithAJWK() {
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

    @Test("Kotlin: @Value in the head of a class")
    func kotlinValueInTheHead() {
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
    func kotlinLazyCompanionAndBy() {
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
    func ktor() {
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

    @Test("application.properties")
    func applicationProperties() {
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
    func micronautSSettingsSignAnd() {
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
}
