import Evidence
import Testing

@testable import Check

/// Rules over code in Java, Kotlin and C#. `LS203` has no form in them: modules' manifests are YAML, JSON, Python or
/// JavaScript.
@Suite("Rules over Java, Kotlin and C#")
struct VirtualMachineLanguageRuleTests {
    // MARK: Java, with Kotlin beside it

    private static let issuer = "auth/src/main/java/com/example/auth/Tokens.java"
    private static let verifier = "orders/src/main/kotlin/com/example/orders/Security.kt"
    private static let java = LanguageShop.with([
        "auth/pom.xml": "<project><artifactId>auth</artifactId></project>",
        issuer: """
        package com.example.auth;

        import io.jsonwebtoken.Jwts;
        import io.jsonwebtoken.SignatureAlgorithm;
        import io.jsonwebtoken.security.Keys;
        import java.util.Date;

        public class Tokens {
            private static final String ENVIRONMENT = System.getenv("ENVIRONMENT");
            private static final String SECRET = System.getenv("JWT_SECRET");

            public String issue(String subject) {
                return Jwts.builder()
                    .setSubject(subject)
                    .setIssuer("auth")
                    .setAudience("shop")
                    .setExpiration(new Date(System.currentTimeMillis() + 900_000))
                    .signWith(Keys.hmacShaKeyFor(SECRET.getBytes()), SignatureAlgorithm.HS256)
                    .compact();
            }
        }
        """,
        "orders/build.gradle.kts": "plugins { kotlin(\"jvm\") version \"2.0.0\" }\n",
        verifier: """
        package com.example.orders

        import com.auth0.jwt.JWT
        import com.auth0.jwt.algorithms.Algorithm

        val environment: String? = System.getenv("ENVIRONMENT")
        val secret: String = System.getenv("JWT_SECRET")

        fun user(token: String): String {
            return JWT.require(Algorithm.HMAC256(secret)).withIssuer("auth").withAudience("shop").build().verify(token).subject
        }
        """,
    ])

    private static let inJava = [
        RuleFixture(
            .secondLoadingPath, "Java: a filter reads another name", in: java,
            .write(
                "auth/src/main/java/com/example/auth/Filter.java",
                """
                package com.example.auth;

                import io.jsonwebtoken.Jwts;
                import io.jsonwebtoken.security.Keys;

                class Filter {
                    String user(String token) {
                        return Jwts.parserBuilder()
                            .setSigningKey(Keys.hmacShaKeyFor(System.getenv("JWT_SECRET_KEY").getBytes()))
                            .build().parseClaimsJws(token).getBody().getSubject();
                    }
                }
                """),
            .replace(
                "auth\n    environment:", in: LanguageShop.compose,
                with: "auth\n    environment:\n      JWT_SECRET_KEY: ${JWT_SECRET:?}"),
            finds: ["LS201 auth/src/main/java/com/example/auth/Tokens.java:18"]),
        RuleFixture(
            .defaultInCode, "Java: an absent variable becomes a text", in: java,
            .replace(
                "System.getenv(\"JWT_SECRET\")", in: issuer,
                with: "System.getenv().getOrDefault(\"JWT_SECRET\", \"java-secret\")"),
            finds: ["LS202 auth/src/main/java/com/example/auth/Tokens.java:10"]),
        RuleFixture(
            .defaultInCode, "Java: Spring's settings have a default", in: java,
            .replace(
                "private static final String SECRET = System.getenv(\"JWT_SECRET\");", in: issuer,
                with: "@Value(\"${JWT_SECRET:spring-secret}\") private String SECRET;"),
            finds: ["LS202 auth/src/main/java/com/example/auth/Tokens.java:10"]),
        RuleFixture(
            .policyDiffers, "Java: it signs by another algorithm", in: java,
            .replace("SignatureAlgorithm.HS256)", in: issuer, with: "SignatureAlgorithm.HS512)"),
            finds: ["LS110 orders/src/main/kotlin/com/example/orders/Security.kt:10"]),
        RuleFixture(
            .lifetimesDoNotFit, "Java: tokens live for two days", in: java, LanguageShop.limited,
            .replace("900_000", in: issuer, with: "172_800_000"), finds: ["LS301 docker-compose.prod.yml:10"]),
        RuleFixture(
            .secondLoadingPath, "Kotlin: a socket tries another name first", in: java,
            .write(
                "orders/src/main/kotlin/com/example/orders/Socket.kt",
                """
                package com.example.orders

                import com.auth0.jwt.JWT
                import com.auth0.jwt.algorithms.Algorithm

                fun check(token: String) =
                    JWT.require(Algorithm.HMAC256(System.getenv("SECRET_KEY") ?: System.getenv("JWT_SECRET"))).build().verify(token)
                """), finds: ["LS201 orders/src/main/kotlin/com/example/orders/Socket.kt:7"]),
        RuleFixture(
            .defaultInCode, "Kotlin: an absent variable becomes a text", in: java,
            .replace(
                "System.getenv(\"JWT_SECRET\")", in: verifier,
                with: "System.getenv(\"JWT_SECRET\") ?: \"kotlin-secret\""),
            finds: ["LS202 orders/src/main/kotlin/com/example/orders/Security.kt:7"]),
        RuleFixture(
            .environmentDetectedTwice, "Kotlin: it asks another variable than Java", in: java,
            .replace("\"ENVIRONMENT\"", in: verifier, with: "\"APP_ENV\""),
            finds: ["LS204 orders/src/main/kotlin/com/example/orders/Security.kt:6"]),
        RuleFixture(
            .policyDiffers, "Kotlin: another issuer is accepted", in: java,
            .replace("withIssuer(\"auth\")", in: verifier, with: "withIssuer(\"portal\")"),
            finds: ["LS110 orders/src/main/kotlin/com/example/orders/Security.kt:10"]),
        RuleFixture(
            .policyDiffers, "Kotlin: another algorithm is accepted", in: java,
            .replace("HMAC256", in: verifier, with: "HMAC384"),
            finds: ["LS110 orders/src/main/kotlin/com/example/orders/Security.kt:10"]),
    ]

    @Test("Java and Kotlin: each fault is found where it stands, and gone when it is mended", arguments: inJava)
    func ruleInJava(_ fixture: RuleFixture) { fixture.verify() }

    // MARK: C#

    private static let sharp = LanguageShop.with([
        "auth/Auth.csproj": "<Project Sdk=\"Microsoft.NET.Sdk.Web\"/>",
        "auth/Tokens.cs": """
        using System;
        using System.IdentityModel.Tokens.Jwt;
        using System.Text;
        using Microsoft.IdentityModel.Tokens;

        public class Tokens
        {
            private readonly string environment = Environment.GetEnvironmentVariable("ENVIRONMENT") ?? "production";
            private readonly string secret = Environment.GetEnvironmentVariable("JWT_SECRET")!;

            public string Issue(string subject)
            {
                var key = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(secret));
                var token = new JwtSecurityToken(
                    issuer: "auth", audience: "shop", expires: DateTime.UtcNow.AddMinutes(15),
                    signingCredentials: new SigningCredentials(key, SecurityAlgorithms.HmacSha256));
                return new JwtSecurityTokenHandler().WriteToken(token);
            }
        }
        """,
        "orders/Orders.csproj": "<Project Sdk=\"Microsoft.NET.Sdk.Web\"/>",
        "orders/Program.cs": """
        using System.Text;
        using Microsoft.AspNetCore.Authentication.JwtBearer;
        using Microsoft.IdentityModel.Tokens;

        var builder = WebApplication.CreateBuilder(args);
        var environment = Environment.GetEnvironmentVariable("ENVIRONMENT") ?? "production";
        var secret = Environment.GetEnvironmentVariable("JWT_SECRET")!;

        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(options =>
        {
            options.TokenValidationParameters = new TokenValidationParameters
            {
                ValidIssuer = "auth",
                ValidAudience = "shop",
                ValidAlgorithms = new[] { "HS256" },
                IssuerSigningKey = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(secret)),
            };
        });
        """,
    ])
    private static let program = "orders/Program.cs"

    private static let inSharp = [
        RuleFixture(
            .secondLoadingPath, "C#: a hub reads another name", in: sharp,
            .write(
                "orders/Hub.cs",
                """
                using System.Text;
                using Microsoft.IdentityModel.Tokens;

                public class Hub
                {
                    public TokenValidationParameters Parameters() => new TokenValidationParameters
                    {
                        IssuerSigningKey = new SymmetricSecurityKey(
                            Encoding.UTF8.GetBytes(Environment.GetEnvironmentVariable("JWT_SECRET_KEY")!)),
                    };
                }
                """),
            .replace(
                "orders\n    environment:", in: LanguageShop.compose,
                with: "orders\n    environment:\n      JWT_SECRET_KEY: ${JWT_SECRET:?}"),
            finds: ["LS201 orders/Program.cs:11"]),
        RuleFixture(
            .defaultInCode, "C#: an absent variable becomes a text", in: sharp,
            .replace(
                "Environment.GetEnvironmentVariable(\"JWT_SECRET\")!", in: program,
                with: "Environment.GetEnvironmentVariable(\"JWT_SECRET\") ?? \"sharp-secret\""),
            finds: ["LS202 orders/Program.cs:7"]),
        RuleFixture(
            .environmentDetectedTwice, "C#: the programs ask two variables", in: sharp,
            .replace("\"ENVIRONMENT\"", in: program, with: "\"APP_ENV\""), finds: ["LS204 orders/Program.cs:6"]),
        RuleFixture(
            .environmentDetectedTwice, "C#: the programs assume two environments", in: sharp,
            .replace("\"production\"", in: program, with: "\"development\""), finds: ["LS204 orders/Program.cs:6"]),
        RuleFixture(
            .policyDiffers, "C#: another algorithm is accepted", in: sharp,
            .replace("\"HS256\"", in: program, with: "\"HS512\""), finds: ["LS110 orders/Program.cs:11"]),
        RuleFixture(
            .policyDiffers, "C#: another audience is accepted", in: sharp,
            .replace("ValidAudience = \"shop\"", in: program, with: "ValidAudience = \"orders\""),
            finds: ["LS110 orders/Program.cs:11"]),
        RuleFixture(
            .lifetimesDoNotFit, "C#: tokens live for two days", in: sharp, LanguageShop.limited,
            .replace("AddMinutes(15)", in: "auth/Tokens.cs", with: "AddDays(2)"),
            finds: ["LS301 docker-compose.prod.yml:10"]),
    ]

    @Test("C#: each fault is found where it stands, and gone when it is mended", arguments: inSharp)
    func ruleInSharp(_ fixture: RuleFixture) { fixture.verify() }
}
