import Testing

@testable import SourceCode

@Suite("C# and its settings: where tokens are signed and verified")
struct CSharpTokensTests {
    @Test("JwtBearer with the configuration's key")
    func jwtbearerWithTheConfigurationS() {
        let text = """
            builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme)
                .AddJwtBearer(options =>
                {
                    options.TokenValidationParameters = new TokenValidationParameters
                    {
                        ValidateIssuer = true,
                        ValidIssuer = "portal",
                        ValidAudience = "api",
                        IssuerSigningKey = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(builder.Configuration["Jwt:Key"]!)),
                    };
                });

            """
        #expect(
            FactLines.of(text, file: "Program.cs") == [
                "read 9:102 Jwt__Key | JWT__KEY by IConfiguration Jwt:Key",
                "verify 4:49 TokenValidationParameters with Jwt__Key | JWT__KEY iss portal aud api",
            ])
    }

    @Test("a token by its constructor")
    func aTokenByItsConstructor() {
        let text = """
            public class TokenService
            {
                private readonly IConfiguration _config;

                public TokenService(IConfiguration config) { _config = config; }

                public string Create()
                {
                    var key = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(_config["Jwt:Key"]));
                    var creds = new SigningCredentials(key, SecurityAlgorithms.HmacSha256);
                    var token = new JwtSecurityToken(
                        issuer: "portal",
                        audience: "api",
                        expires: DateTime.UtcNow.AddMinutes(15),
                        signingCredentials: creds);
                    return new JwtSecurityTokenHandler().WriteToken(token);
                }
            }

            """
        #expect(
            FactLines.of(text, file: "TokenService.cs") == [
                "read 9:75 Jwt__Key | JWT__KEY as key by IConfiguration Jwt:Key",
                "sign 11:25 JwtSecurityToken HS256 with Jwt__Key | JWT__KEY named key iss portal aud api",
                "lifetime 14:22 Expires 900",
            ])
    }

    @Test("a token by its descriptor")
    func aTokenByItsDescriptor() {
        let text = """
            class Issuer
            {
                string Create(byte[] key)
                {
                    var descriptor = new SecurityTokenDescriptor
                    {
                        Subject = identity,
                        Issuer = "portal",
                        Expires = DateTime.UtcNow.AddHours(2),
                        SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(key), SecurityAlgorithms.HmacSha512Signature)
                    };
                    return handler.CreateEncodedJwt(descriptor);
                }
            }

            """
        #expect(
            FactLines.of(text, file: "Issuer.cs") == [
                "sign 5:30 SecurityTokenDescriptor HS512 with ? named key iss portal",
                "lifetime 9:23 Expires 7200",
            ])
    }

    @Test("options are used elsewhere")
    func optionsAreUsedElsewhere() {
        let text = """
            public class Tokens(IOptions<JwtOptions> options)
            {
                public string Sign()
                {
                    var key = new SymmetricSecurityKey(Encoding.ASCII.GetBytes(options.Value.Secret));
                    return Write(new JwtSecurityToken("portal", "api", claims, null, expires, new SigningCredentials(key, "HS256")));
                }
            }

            """
        #expect(
            FactLines.of(text, file: "Tokens.cs") == [
                "sign 6:26 JwtSecurityToken HS256 with ? named options.Value.Secret iss portal aud api"
            ])
    }

    @Test("a literal key")
    func aLiteralKey() {
        let text = """
            public static class Constants
            {
                public const string Secret = "this is my custom Secret key for authentication";
            }

            class Auth
            {
                TokenValidationParameters Parameters() => new TokenValidationParameters
                {
                    IssuerSigningKey = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(Constants.Secret))
                };
            }

            """
        #expect(
            FactLines.of(text, file: "Auth.cs") == [
                "read 3:25 'this is my custom Secret key for authentication' as Constants.Secret by constant",
                "verify 8:51 TokenValidationParameters with 'this is my custom Secret key for authentication' named Constants.Secret",
            ])
    }

    @Test("key pairs and an authority")
    func keyPairsAndAnAuthority() {
        let text = """
            services.AddAuthentication().AddJwtBearer(options => { options.Authority = "https://issuer.example"; });
            var parameters = new TokenValidationParameters { IssuerSigningKey = new RsaSecurityKey(rsa) };
            var credentials = new SigningCredentials(new X509SecurityKey(certificate), SecurityAlgorithms.RsaSha256);
            var token = new SecurityTokenDescriptor { SigningCredentials = credentials };

            """
        #expect(
            FactLines.of(text, file: "Program.cs") == [
                "verify 1:56 Authority with (pair) named options.Authority",
                "verify 2:22 TokenValidationParameters with (pair) named RsaSecurityKey()",
                "sign 4:17 SecurityTokenDescriptor RS256 with (pair) named X509SecurityKey()",
            ])
    }

    @Test("JWT.NET")
    func jwtNET() {
        let text = """
            var secret = Environment.GetEnvironmentVariable("JWT_SECRET");
            var token = JwtBuilder.Create().WithAlgorithm(new HMACSHA256Algorithm()).WithSecret(secret).AddClaim("a", 1).Encode();
            var json = JwtBuilder.Create().WithAlgorithm(new HMACSHA512Algorithm()).WithSecret(secret).MustVerifySignature().Decode(token);

            """
        #expect(
            FactLines.of(text, file: "Program.cs") == [
                "read 1:49 JWT_SECRET as secret by Environment.GetEnvironmentVariable",
                "sign 2:74 WithSecret HS256 with JWT_SECRET named secret",
                "verify 3:73 WithSecret HS512 with JWT_SECRET named secret",
            ])
    }

    @Test("a token made by hand")
    func aTokenMadeByHand() {
        let text = """
            class Hand
            {
                static byte[] Sign(string input)
                {
                    using var hmac = new HMACSHA256(Encoding.UTF8.GetBytes(Environment.GetEnvironmentVariable("JWT_SECRET")));
                    return hmac.ComputeHash(Encoding.UTF8.GetBytes(input));
                }

                static byte[] Webhook(string body)
                {
                    using var hmac = new HMACSHA256(Encoding.UTF8.GetBytes(Environment.GetEnvironmentVariable("STRIPE_WEBHOOK_SECRET")));
                    return hmac.ComputeHash(Encoding.UTF8.GetBytes(body));
                }
            }

            """
        #expect(
            FactLines.of(text, file: "Hand.cs") == [
                "read 5:99 JWT_SECRET as hmac by Environment.GetEnvironmentVariable",
                "sign 5:30 HMACSHA256 HS256 with JWT_SECRET",
            ])
    }
}
