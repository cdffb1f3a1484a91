import Evidence
import Testing

@testable import Check

/// Rules over code in Go and Rust. `LS203` has no form in them: modules' manifests are YAML, JSON, Python or JavaScript.
@Suite("Rules over Go and Rust")
struct GoAndRustRuleTests {
    // MARK: Go

    private static let go = LanguageShop.with([
        "auth/go.mod": "module example.org/auth\n\nrequire github.com/golang-jwt/jwt/v5 v5.2.1\n",
        "auth/main.go": """
        package main

        import (
        	"os"
        	"time"

        	"github.com/golang-jwt/jwt/v5"
        )

        var environment = os.Getenv("ENVIRONMENT")

        func issue(subject string) (string, error) {
        	claims := jwt.MapClaims{
        		"sub": subject,
        		"iss": "auth",
        		"aud": "shop",
        		"exp": time.Now().Add(15 * time.Minute).Unix(),
        	}
        	return jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte(os.Getenv("JWT_SECRET")))
        }
        """,
        "orders/go.mod": "module example.org/orders\n\nrequire github.com/golang-jwt/jwt/v5 v5.2.1\n",
        "orders/main.go": """
        package main

        import (
        	"os"

        	"github.com/golang-jwt/jwt/v5"
        )

        var environment = os.Getenv("ENVIRONMENT")
        var secret = os.Getenv("JWT_SECRET")

        func user(token string) (*jwt.Token, error) {
        	return jwt.Parse(token, func(token *jwt.Token) (any, error) {
        		return []byte(secret), nil
        	}, jwt.WithValidMethods([]string{"HS256"}), jwt.WithIssuer("auth"), jwt.WithAudience("shop"))
        }
        """,
    ])

    private static let inGo = [
        RuleFixture(
            .secondLoadingPath, "a second call reads another name", in: go,
            .write(
                "orders/stream.go",
                """
                package main

                import (
                	"os"

                	"github.com/golang-jwt/jwt/v5"
                )

                func stream(token string) (*jwt.Token, error) {
                	return jwt.Parse(token, func(token *jwt.Token) (any, error) {
                		return []byte(os.Getenv("JWT_SECRET_KEY")), nil
                	}, jwt.WithValidMethods([]string{"HS256"}))
                }
                """),
            .replace(
                "orders\n    environment:", in: LanguageShop.compose,
                with: "orders\n    environment:\n      JWT_SECRET_KEY: ${JWT_SECRET:?}"),
            finds: ["LS201 orders/stream.go:10"]),
        RuleFixture(
            .defaultInCode, "an empty variable becomes a text", in: go,
            .replace(
                "var secret = os.Getenv(\"JWT_SECRET\")", in: "orders/main.go",
                with: "var secret = cmp.Or(os.Getenv(\"JWT_SECRET\"), \"go-secret\")"),
            .replace("import (", in: "orders/main.go", with: "import (\n\t\"cmp\""), finds: ["LS202 orders/main.go:11"]),
        RuleFixture(
            .environmentDetectedTwice, "the programs ask two variables", in: go,
            .replace("\"ENVIRONMENT\"", in: "orders/main.go", with: "\"APP_ENV\""), finds: ["LS204 orders/main.go:9"]),
        RuleFixture(
            .policyDiffers, "another algorithm is accepted", in: go,
            .replace("\"HS256\"", in: "orders/main.go", with: "\"HS384\""), finds: ["LS110 orders/main.go:13"]),
        RuleFixture(
            .lifetimesDoNotFit, "tokens live for two days", in: go, LanguageShop.limited,
            .replace("15 * time.Minute", in: "auth/main.go", with: "48 * time.Hour"),
            finds: ["LS301 docker-compose.prod.yml:10"]),
    ]

    @Test("Go: each fault is found where it stands, and gone when it is mended", arguments: inGo)
    func ruleInGo(_ fixture: RuleFixture) { fixture.verify() }

    // MARK: Rust

    private static let rust = LanguageShop.with([
        "auth/Cargo.toml": "[package]\nname = \"auth\"\n\n[dependencies]\njsonwebtoken = \"9\"\n",
        "auth/src/main.rs": """
        use jsonwebtoken::{encode, Algorithm, EncodingKey, Header};
        use std::env;

        fn environment() -> String {
            env::var("ENVIRONMENT").unwrap_or_else(|_| "production".to_string())
        }

        fn issue(claims: &Claims) -> String {
            let secret = env::var("JWT_SECRET").expect("JWT_SECRET");
            encode(&Header::new(Algorithm::HS256), claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
        }
        """,
        "orders/Cargo.toml": "[package]\nname = \"orders\"\n\n[dependencies]\njsonwebtoken = \"9\"\n",
        "orders/src/main.rs": """
        use jsonwebtoken::{decode, Algorithm, DecodingKey, Validation};
        use std::env;

        fn environment() -> String {
            env::var("ENVIRONMENT").unwrap_or_else(|_| "production".to_string())
        }

        fn user(token: &str) -> Claims {
            let secret = env::var("JWT_SECRET").expect("JWT_SECRET");
            let validation = Validation::new(Algorithm::HS256);
            decode::<Claims>(token, &DecodingKey::from_secret(secret.as_bytes()), &validation).unwrap().claims
        }
        """,
    ])

    private static let inRust = [
        RuleFixture(
            .secondLoadingPath, "a second function reads another name", in: rust,
            .write(
                "orders/src/stream.rs",
                """
                use jsonwebtoken::{decode, Algorithm, DecodingKey, Validation};

                fn check(token: &str) -> Claims {
                    let secret = std::env::var("JWT_SECRET_KEY").expect("JWT_SECRET_KEY");
                    let validation = Validation::new(Algorithm::HS256);
                    decode::<Claims>(token, &DecodingKey::from_secret(secret.as_bytes()), &validation).unwrap().claims
                }
                """),
            .replace(
                "orders\n    environment:", in: LanguageShop.compose,
                with: "orders\n    environment:\n      JWT_SECRET_KEY: ${JWT_SECRET:?}"),
            finds: ["LS201 orders/src/stream.rs:6"]),
        RuleFixture(
            .defaultInCode, "unwrap_or gives a text", in: rust,
            .replace(
                ".expect(\"JWT_SECRET\")", in: "orders/src/main.rs", with: ".unwrap_or(\"rust-secret\".to_string())"),
            finds: ["LS202 orders/src/main.rs:9"]),
        RuleFixture(
            .environmentDetectedTwice, "the functions ask two variables", in: rust,
            .replace("\"ENVIRONMENT\"", in: "orders/src/main.rs", with: "\"APP_ENV\""),
            finds: ["LS204 orders/src/main.rs:5"]),
        RuleFixture(
            .environmentDetectedTwice, "the functions assume two environments", in: rust,
            .replace("\"production\"", in: "orders/src/main.rs", with: "\"development\""),
            finds: ["LS204 orders/src/main.rs:5"]),
        RuleFixture(
            .policyDiffers, "validation wants another algorithm", in: rust,
            .replace("Algorithm::HS256)", in: "orders/src/main.rs", with: "Algorithm::HS512)"),
            finds: ["LS110 orders/src/main.rs:11"]),
    ]

    @Test("Rust: each fault is found where it stands, and gone when it is mended", arguments: inRust)
    func ruleInRust(_ fixture: RuleFixture) { fixture.verify() }
}
