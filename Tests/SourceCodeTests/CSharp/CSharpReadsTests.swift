import Testing

@testable import SourceCode

@Suite("C# and its settings: where secrets are read")
struct CSharpReadsTests {
    @Test("a variable with a default")
    func aVariableWithADefault() {
        let text = """
            var secret = Environment.GetEnvironmentVariable("JWT_SECRET") ?? "dev-secret";
            var key = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(secret));

            """
        #expect(
            FactLines.of(text, file: "Program.cs") == [
                "read 1:49 JWT_SECRET | 'dev-secret' as secret by Environment.GetEnvironmentVariable"
            ])
    }

    @Test("a throw makes it required")
    func aThrowMakesItRequired() {
        let text = """
            var secret = Environment.GetEnvironmentVariable("JWT_SECRET")
                ?? throw new InvalidOperationException("JWT_SECRET is not set");
            var other = Environment.GetEnvironmentVariable("SECRET_KEY");
            if (string.IsNullOrEmpty(other)) throw new Exception("SECRET_KEY");

            """
        #expect(
            FactLines.of(text, file: "Program.cs") == [
                "read 1:49 JWT_SECRET ! as secret by Environment.GetEnvironmentVariable",
                "read 3:48 SECRET_KEY? ! as other by Environment.GetEnvironmentVariable",
            ])
    }

    @Test("sections and typed values")
    func sectionsAndTypedValues() {
        let text = """
            var jwt = builder.Configuration.GetSection("Jwt");
            var a = jwt["Secret"];
            var b = configuration.GetValue<string>("Auth:JwtSecret", "typed-default");
            var c = configuration.GetSection("AppSettings:TokenSecret").Value;
            var d = Configuration.GetSection("Jwt").GetValue<string>("SigningKey");

            """
        #expect(
            FactLines.of(text, file: "Program.cs") == [
                "read 2:13 Jwt__Secret | JWT__SECRET as a by IConfiguration Jwt:Secret",
                "read 3:40 Auth__JwtSecret | AUTH__JWTSECRET | 'typed-default' as b by IConfiguration Auth:JwtSecret",
                "read 4:34 AppSettings__TokenSecret | APPSETTINGS__TOKENSECRET as c by IConfiguration AppSettings:TokenSecret",
            ])
    }

    @Test("an options class")
    func anOptionsClass() {
        let text = """
            public class JwtOptions
            {
                public const string SectionName = "JwtSection";
                public string Secret { get; set; } = "options-default";
                public string Issuer { get; set; }
                public int ExpirationMinutes { get; set; } = 30;
            }

            public class JwtSettings
            {
                public string Key { get; init; }
            }

            """
        #expect(
            FactLines.of(text, file: "JwtOptions.cs") == [
                "read 4:19 JwtSection__Secret | JWTSECTION__SECRET | 'options-default' as JwtOptions.Secret by options JwtSection:Secret",
                "read 11:19 JwtSettings__Key | JWTSETTINGS__KEY as JwtSettings.Key by options JwtSettings:Key",
            ])
    }

    @Test("a key that is made of the variable")
    func aKeyThatIsMade() {
        let text = """
            var key = SHA256.HashData(Encoding.UTF8.GetBytes(Environment.GetEnvironmentVariable("JWT_SECRET")!));
            var signing = new SymmetricSecurityKey(key);

            """
        #expect(
            FactLines.of(text, file: "Program.cs") == [
                "read 1:11 computed(JWT_SECRET) as key by Environment.GetEnvironmentVariable"
            ])
    }

    @Test("a helper of the file")
    func aHelperOfTheFile() {
        let text = """
            static class Env
            {
                public static readonly string Secret = Get("JWT_SECRET", "helper-default");

                private static string Get(string name, string fallback)
                {
                    var value = Environment.GetEnvironmentVariable(name);
                    return string.IsNullOrEmpty(value) ? fallback : value;
                }
            }

            """
        #expect(
            FactLines.of(text, file: "Env.cs") == [
                "read 3:48 JWT_SECRET | 'helper-default' as Env.Secret by Get"
            ])
    }

    @Test("a property with an arrow")
    func aPropertyWithAnArrow() {
        let text = """
            class Config
            {
                public string JwtSecret => Environment.GetEnvironmentVariable("JWT_SECRET") ?? "arrow-default";
                private const string Name = "AUTH_SECRET";
                public string Other() => Environment.GetEnvironmentVariable(Name) ?? string.Empty;
            }

            """
        #expect(
            FactLines.of(text, file: "Config.cs") == [
                "read 3:67 JWT_SECRET | 'arrow-default' as Config.JwtSecret by Environment.GetEnvironmentVariable",
                "read 5:65 AUTH_SECRET as Config.Other() by Environment.GetEnvironmentVariable",
            ])
    }

    @Test("interpolation and verbatim texts")
    func interpolationAndVerbatimTexts() {
        let text = #"""
            var text = $"{Environment.GetEnvironmentVariable("JWT_SECRET")}";
            var path = @"C:\keys\"; var quoted = @"a ""b"" c";
            var second = Environment.GetEnvironmentVariable("AUTH_SECRET");

            """#
        #expect(
            FactLines.of(text, file: "Program.cs") == [
                "read 1:50 JWT_SECRET as text by Environment.GetEnvironmentVariable",
                "read 3:49 AUTH_SECRET as second by Environment.GetEnvironmentVariable",
            ])
    }

    @Test("??= keeps what is there")
    func keepsWhatIsThere() {
        let text = """
            string secret = configuration["JWT_SECRET"];
            secret ??= "kept-default";
            Use(secret);

            """
        #expect(
            FactLines.of(text, file: "Program.cs") == [
                "read 1:31 JWT_SECRET? | 'kept-default' as secret by IConfiguration JWT_SECRET"
            ])
    }

    @Test("where it runs")
    func whereItRuns() {
        let text = """
            if (app.Environment.IsDevelopment()) { app.UseSwagger(); }
            var env = Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT") ?? "Production";

            """
        #expect(
            FactLines.of(text, file: "Program.cs") == [
                "environment 1:5 ASPNETCORE_ENVIRONMENT 'Production'",
                "environment 2:46 ASPNETCORE_ENVIRONMENT 'Production'",
            ])
    }

    @Test("appsettings.json")
    func appsettingsJson() {
        let text = """
            {
              "ConnectionStrings": { "Default": "x" },
              "Jwt": {
                "Key": "in-appsettings",
                "Issuer": "portal",
                "AccessTokenExpirationMinutes": 15
              },
              "AppSettings": { "TokenSecret": "" }
            }

            """
        #expect(
            FactLines.of(text, file: "appsettings.json") == [
                "read 4:5 Jwt__Key | JWT__KEY | 'in-appsettings' as Jwt:Key by appsettings",
                "lifetime 6:5 Jwt:AccessTokenExpirationMinutes 900",
            ])
    }

    @Test("other secrets are none of it")
    func otherSecretsAreNoneOf() {
        let text = """
            var stripe = configuration["Stripe:SecretKey"];
            var connection = configuration["ConnectionStrings:Default"];
            var read = new JwtSecurityToken(raw);
            var port = Environment.GetEnvironmentVariable("PORT");

            """
        #expect(
            FactLines.of(text, file: "Program.cs") == [])
    }
}
