import Testing

@testable import SourceCode

@Suite("Rust: where secrets are read")
struct RustReadsTests {
    @Test("a default behind unwrap_or_else")
    func aDefaultBehindUnwrapOr() {
        let text = """
            fn secret() -> String {
                env::var("JWT_SECRET").unwrap_or_else(|_| "dev-secret".into())
            }

            """
        #expect(
            FactLines.of(text, file: "main.rs") == [
                "read 2:14 JWT_SECRET | 'dev-secret' as secret() by env::var"
            ])
    }

    @Test("unwrap_or and unwrap_or_default")
    func unwrapOrAndUnwrapOr() {
        let text = """
            let a = std::env::var("JWT_SECRET").unwrap_or("or-default".to_string());
            let b = std::env::var("SECRET_KEY").unwrap_or_default();

            """
        #expect(
            FactLines.of(text, file: "main.rs") == [
                "read 1:23 JWT_SECRET | 'or-default' as a by env::var",
                "read 2:23 SECRET_KEY as b by env::var",
            ])
    }

    @Test("expect makes it required")
    func expectMakesItRequired() {
        let text = """
            pub struct Config {
                pub jwt_secret: String,
            }

            impl Config {
                pub fn from_env() -> Self {
                    Self {
                        jwt_secret: env::var("JWT_SECRET").expect("JWT_SECRET must be set"),
                    }
                }
            }

            """
        #expect(
            FactLines.of(text, file: "main.rs") == [
                "read 8:34 JWT_SECRET ! as Config.jwt_secret by env::var"
            ])
    }

    @Test("a match on the read")
    func aMatchOnTheRead() {
        let text = """
            let secret = match env::var("JWT_SECRET") {
                Ok(value) => value,
                Err(_) => "match-default".to_string(),
            };
            let other = match std::env::var("AUTH_SECRET") {
                Ok(v) => v,
                Err(_) => panic!("AUTH_SECRET"),
            };

            """
        #expect(
            FactLines.of(text, file: "main.rs") == [
                "read 1:29 JWT_SECRET | 'match-default' as secret by env::var",
                "read 5:33 AUTH_SECRET ! as other by env::var",
            ])
    }

    @Test("if let")
    func ifLet() {
        let text = """
            fn load(config: &mut Config) {
                if let Ok(secret) = env::var("JWT_SECRET") {
                    config.secret = secret;
                }
            }

            """
        #expect(
            FactLines.of(text, file: "main.rs") == [
                "read 2:34 JWT_SECRET as config.secret by env::var"
            ])
    }

    @Test("statics that are made once")
    func staticsThatAreMadeOnce() {
        let text = """
            static KEYS: Lazy<Keys> = Lazy::new(|| {
                let secret = std::env::var("JWT_SECRET").expect("JWT_SECRET must be set");
                Keys::new(secret.as_bytes())
            });

            lazy_static! {
                static ref JWT_KEY: String = env::var("AUTH_SECRET").unwrap_or_else(|_| String::from("lazy-default"));
            }

            static SIGNING_KEY: LazyLock<String> = LazyLock::new(|| env::var("SIGNING_SECRET").unwrap());

            """
        #expect(
            FactLines.of(text, file: "main.rs") == [
                "read 2:32 JWT_SECRET ! as secret by env::var",
                "read 7:43 AUTH_SECRET | 'lazy-default' as JWT_KEY by env::var",
                "read 10:66 SIGNING_SECRET ! as SIGNING_KEY by env::var",
            ])
    }

    @Test("clap")
    func clap() {
        let text = """
            #[derive(Parser)]
            struct Args {
                #[arg(long, env = "JWT_SECRET", default_value = "clap-default")]
                jwt_secret: String,
                #[clap(long, env = "AUTH_SECRET")]
                pub other: String,
                #[arg(long)]
                port: u16,
            }

            """
        #expect(
            FactLines.of(text, file: "main.rs") == [
                "read 3:23 JWT_SECRET | 'clap-default' as Args.jwt_secret by clap",
                "read 5:24 AUTH_SECRET ! as Args.other by clap",
            ])
    }

    @Test("envy")
    func envy() {
        let text = """
            #[derive(Deserialize)]
            struct Config {
                jwt_secret: String,
                port: u16,
            }

            fn load() -> Config {
                envy::prefixed("APP_").from_env::<Config>().unwrap()
            }

            """
        #expect(
            FactLines.of(text, file: "main.rs") == [
                "read 3:5 APP_JWT_SECRET as Config.jwt_secret by serde"
            ])
    }

    @Test("the crate config")
    func theCrateConfig() {
        let text = """
            fn load() -> Result<String, ConfigError> {
                let settings = Config::builder().add_source(Environment::with_prefix("APP").separator("__")).build()?;
                settings.get_string("jwt.secret")
            }

            """
        #expect(
            FactLines.of(text, file: "main.rs") == [
                "read 3:25 APP_JWT__SECRET by config"
            ])
    }

    @Test("dotenvy and env!")
    func dotenvyAndEnv() {
        let text = """
            let a = dotenvy::var("JWT_SECRET").unwrap();
            let b = env!("AUTH_SECRET");

            """
        #expect(
            FactLines.of(text, file: "main.rs") == [
                "read 1:22 JWT_SECRET ! as a by dotenvy::var",
                "read 2:14 AUTH_SECRET as b by env!",
            ])
    }

    @Test("a key that is made of the variable")
    func aKeyThatIsMade() {
        let text = """
            let key = Sha256::digest(env::var("JWT_SECRET").unwrap().as_bytes());
            let text = format!("{}-{}", env::var("AUTH_SECRET").unwrap(), 1);

            """
        #expect(
            FactLines.of(text, file: "main.rs") == [
                "read 1:11 computed(JWT_SECRET) as key by env::var",
                "read 2:12 computed(AUTH_SECRET) as text by env::var",
            ])
    }

    @Test("a helper of the file")
    func aHelperOfTheFile() {
        let text = """
            fn get_env(name: &str, default: &str) -> String {
                env::var(name).unwrap_or_else(|_| default.to_string())
            }

            fn main() {
                let secret = get_env("JWT_SECRET", "helper-default");
                run(secret);
            }

            """
        #expect(
            FactLines.of(text, file: "main.rs") == [
                "read 6:26 JWT_SECRET | 'helper-default' as secret by get_env"
            ])
    }

    @Test("lifetimes of references and characters")
    func lifetimesOfReferencesAndCharacters() {
        let text = #"""
            fn parse<'a>(text: &'a str, quote: char) -> &'a str {
                let open = '"';
                let other = '\'';
                let secret = env::var("JWT_SECRET").unwrap();
                text
            }

            """#
        #expect(
            FactLines.of(text, file: "main.rs") == [
                "read 4:27 JWT_SECRET ! as secret by env::var"
            ])
    }

    @Test("where it runs")
    func whereItRuns() {
        let text = """
            let environment = env::var("APP_ENVIRONMENT").unwrap_or_else(|_| "local".into());
            const ACCESS_TOKEN_TTL: Duration = Duration::minutes(15);

            """
        #expect(
            FactLines.of(text, file: "main.rs") == [
                "environment 1:28 APP_ENVIRONMENT 'local'",
                "lifetime 2:7 ACCESS_TOKEN_TTL 900",
            ])
    }

    @Test("other secrets are none of it")
    func otherSecretsAreNoneOf() {
        let text = """
            let stripe = env::var("STRIPE_SECRET_KEY").unwrap();
            let data = base64::encode(&bytes);
            let port: u16 = env::var("PORT").unwrap().parse().unwrap();

            """
        #expect(
            FactLines.of(text, file: "main.rs") == [])
    }
}
