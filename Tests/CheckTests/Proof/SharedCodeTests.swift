import Evidence
import Testing

@testable import Check

/// A library that signs or verifies for several programs, each of which fills it from settings of its own.
@Suite("Shared code and settings")
struct SharedCodeTests {
    private static func files(compose: String = "", basket: String) -> [String: String] {
        func settings(_ text: String) -> String {
            """
            {
              "JwtOptions": {
                "SecretKey": "\(text)",
                "Issuer": "shop"
              }
            }
            """
        }
        return [
            "docker-compose.yml": """
            services:
              auth.api:
                build: src/Auth.Api
              basket.api:
                build: src/Basket.Api\(compose)
            """,
            "k8s/basket.yaml": """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: basket-api}
            spec:
              template:
                spec:
                  containers:
                    - name: api
                      image: shop/basket-api
                      env:
                        - name: JwtOptions__SecretKey
                          valueFrom: {secretKeyRef: {name: jwt, key: secret}}
            """,
            "src/Auth.Api/Auth.Api.csproj": "", "src/Basket.Api/Basket.Api.csproj": "",
            "src/Security/Security.csproj": "",
            "src/Auth.Api/appsettings.json": settings(Given.strong),
            "src/Basket.Api/appsettings.json": settings(basket),
            "src/Security/Extensions.cs": """
            public static class Extensions {
                public static void AddTokens(this IServiceCollection services, IConfiguration configuration) {
                    var jwtOptions = configuration.GetSection(nameof(JwtOptions)).Get<JwtOptions>();
                    services.AddAuthentication("Bearer").AddJwtBearer(options => {
                        options.TokenValidationParameters = new TokenValidationParameters {
                            IssuerSigningKey = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(jwtOptions.SecretKey)),
                        };
                    });
                }
            }
            """,
            "src/Auth.Api/TokenService.cs": """
            public class TokenService {
                private readonly JwtOptions _options;
                public TokenService(IOptions<JwtOptions> options) { _options = options.Value; }
                public string Make(IEnumerable<Claim> claims) {
                    var key = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(_options.SecretKey));
                    var credentials = new SigningCredentials(key, SecurityAlgorithms.HmacSha256);
                    return new JwtSecurityTokenHandler().WriteToken(
                        new JwtSecurityToken("shop", "shop", claims, signingCredentials: credentials));
                }
            }
            """,
        ]
    }

    @Test("a service whose settings give the key to shared code is not missing one")
    func settingsAreGiven() {
        #expect(FailureTests.found(Self.files(basket: Given.strong), .error).isEmpty)
    }

    @Test("settings that give shared code another key than the issuer's are found in their file")
    func otherSettings() {
        let found = FailureTests.found(Self.files(basket: Given.strongToo), .error)
        #expect(found.contains("LS102 src/Basket.Api/appsettings.json:3"))
    }

    @Test("a variable that the settings do not listen to leaves the default of the file")
    func otherVariable() {
        let compose = """

                environment:
                  ASPNETCORE_ENVIRONMENT: Production
                  Jwt__SecretKey: ${JWT_SECRET}
            """
        let found = FailureTests.found(Self.files(compose: compose, basket: Given.strong), .error)
        #expect(found.contains { $0.hasPrefix("LS104 docker-compose.yml:4") })
    }

    @Test("a setting that a configuration server hands out is told once, with all that take it")
    func configurationServer() {
        func service(_ name: String) -> [String: String] {
            [
                "\(name)/pom.xml": "",
                "\(name)/src/main/java/Tokens.java": """
                @Component
                public class Tokens {
                    @Value("${app.jwt.secret}")
                    private String secret;
                    public Claims claims(String token) {
                        return Jwts.parserBuilder().setSigningKey(Keys.hmacShaKeyFor(secret.getBytes())).build()
                            .parseClaimsJws(token).getBody();
                    }
                }
                """,
            ]
        }
        let files = service("gateway").merging(service("orders")) { $1 }.merging([
            "config-server/pom.xml": "",
            "config-server/src/main/resources/config/application.yml": """
            app:
              jwt:
                secret: \(Given.strong)
            """,
            "docker-compose.yml": """
            services:
              config-server: {build: config-server}
              gateway: {build: gateway}
              orders: {build: orders}
            """,
        ]) { $1 }
        let result = Checker(SourceTree(files)).run()
        #expect(result.findings.filter { $0.rule == .defaultInCode }.map(\.services.count) == [3])
        #expect(result.stacks.flatMap(\.participants).map(\.name) == ["gateway", "orders"])
    }

    @Test("the variable that a settings file names is the one that is asked for")
    func namedVariable() {
        let files = [
            "auth/pom.xml": "",
            "auth/src/main/resources/application.yml": "shop:\n  jwt:\n    secret: ${JWT_SECRET:\(Given.strong)}\n",
            "auth/src/main/java/Tokens.java": """
            @Component
            public class Tokens {
                @Value("${shop.jwt.secret}")
                private String secret;
                public String make(String name) {
                    return Jwts.builder().subject(name).signWith(Keys.hmacShaKeyFor(secret.getBytes())).compact();
                }
            }
            """,
            "docker-compose.prod.yml": "services:\n  auth:\n    build: auth\n",
        ]
        let finding = Checker(SourceTree(files)).run().findings.first { $0.rule == .defaultReachesProduction }
        #expect(finding?.fix?.title.contains("give auth JWT_SECRET") == true)
    }
}
