import Evidence
import Testing

@testable import Check

/// Keys that come from settings: files beside a program, and what may stand in their place.
@Suite("Keys from settings")
struct SettingsTests {
    private static let signing = """
        public class TokenService(IConfiguration config) {
            public string Make() {
                var key = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(config["Jwt:Key"]!));
                var credentials = new SigningCredentials(key, SecurityAlgorithms.HmacSha256);
                return new JwtSecurityTokenHandler().WriteToken(new JwtSecurityToken(signingCredentials: credentials));
            }
        }
        """

    private static func verifying(_ setting: String) -> String {
        """
        var key = builder.Configuration["\(setting)"];
        builder.Services.AddAuthentication().AddJwtBearer(options => {
            options.TokenValidationParameters = new TokenValidationParameters {
                IssuerSigningKey = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(key)),
            };
        });
        """
    }

    private static func services(setting: String = "Jwt:Key", place: String = "jwt", api: String) -> [String: String] {
        func deployment(_ name: String, _ variable: String, _ secret: String) -> String {
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: \(name)}
            spec:
              template:
                spec:
                  containers:
                    - name: \(name)
                      image: shop/\(name)
                      env:
                        - name: \(variable)
                          valueFrom: {secretKeyRef: {name: \(secret), key: key}}
            """
        }
        return [
            "auth/auth.csproj": "", "api/api.csproj": "", "auth/TokenService.cs": signing,
            // It checks its own tokens too.
            "auth/Program.cs": verifying("Jwt:Key"), "api/Program.cs": verifying(setting),
            "k8s/auth.yaml": deployment("auth", "Jwt__Key", "jwt"), "k8s/api.yaml": deployment("api", api, place),
        ]
    }

    @Test("one that signs in one file and verifies in another is compared as both")
    func signsAndVerifies() {
        #expect(FailureTests.found(Self.services(api: "Jwt__Key")).isEmpty)
        #expect(FailureTests.found(Self.services(place: "old", api: "Jwt__Key")) == ["LS102 k8s/api.yaml:11"])
    }

    @Test("a setting that nothing gives is asked about where the others are given theirs")
    func openSetting() {
        #expect(
            FailureTests.found(Self.services(setting: "Jwt:SecretKey", api: "Jwt__Key")) == ["LS101 k8s/api.yaml:8"])
        #expect(FailureTests.found(Self.services(setting: "Jwt:SecretKey", api: "Jwt__SecretKey")).isEmpty)
    }

    private static func go(_ volumes: String) -> [String: String] {
        [
            "auth/go.mod": "module auth",
            "auth/config.yaml": "jwt:\n  secret: \(Given.strong)\n",
            "auth/main.go": """
            package main

            func main() {
            	viper.AutomaticEnv()
            	viper.ReadInConfig()
            	secret := []byte(viper.GetString("jwt.secret"))
            	jwt.New(jwt.SigningMethodHS256).SignedString(secret)
            }
            """,
            "docker-compose.prod.yml": "services:\n  auth:\n    build: auth\n\(volumes)",
        ]
    }

    @Test("a file of settings serves where nothing is given, unless another is mounted in its place")
    func mounted() {
        #expect(FailureTests.found(Self.go(""), .error) == ["LS104 docker-compose.prod.yml:2"])
        #expect(FailureTests.found(Self.go("    volumes: ['./prod.yaml:/app/config.yaml:ro']\n"), .error).isEmpty)
        let own = Self.go("    volumes: ['./auth/config.yaml:/app/config.yaml']\n")
        #expect(FailureTests.found(own, .error) == ["LS104 docker-compose.prod.yml:2"])
    }

    @Test("who is run beside PostgREST makes its tokens")
    func postgrest() {
        func found(_ other: BoundValue) -> [Severity] {
            let stack = Given.stack([
                ("rest", [("PGRST_JWT_SECRET", Given.google("jwt"))]), ("login", [("JWT_SECRET", other)]),
            ]) { if $0.name == "rest" { $0.image = "postgrest/postgrest:v12" } }
            return Given.findings(.differentSecrets, [stack]).map(\.severity)
        }
        #expect(found(Given.google("jwt")).isEmpty)
        #expect(found(Given.google("other")) == [.warning])
    }

    @Test("a framework's key that comes from a place for tokens is one for tokens")
    func placeOfTokens() {
        func holders(_ place: String) -> Int {
            Given.proof([Given.stack([("api", [("SECRET_KEY", Given.google(place))])])]).stacks[0].participants.count
        }
        #expect(holders("jwt-secret") == 1)
        #expect(holders("django") == 0)
    }

    @Test("programs without any manifest are held against each other")
    func sourcesAlone() {
        func found(_ algorithm: String) -> [Finding] {
            Given.findings(
                .policyDiffers, [],
                [
                    Given.code("auth", .sign, Given.read("JWT_SECRET", "auth"), algorithms: ["HS512"]),
                    Given.code("api", .verify, Given.read("JWT_SECRET", "api"), algorithms: [algorithm]),
                ])
        }
        #expect(found("HS512").isEmpty)
        #expect(found("HS256").map(\.severity) == [.warning])
        // Two texts are told once.
        let texts = [
            Given.code("auth", .sign, Given.text("one", "auth")), Given.code("api", .verify, Given.text("two", "api")),
        ]
        #expect(Given.findings(.differentSecrets, [], texts).isEmpty)
        // Another party's, by its public keys
        let others = [
            Given.code("auth", .sign, Given.read("JWT_SECRET", "auth"), algorithms: ["HS256"]),
            Given.code("api", .verify, .asymmetric("jwks", Given.at("api/main.py", 3)), algorithms: ["RS256"]),
        ]
        #expect(Given.findings(.policyDiffers, [], others).isEmpty)
    }
}
