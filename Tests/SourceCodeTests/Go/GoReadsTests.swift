import Testing

@testable import SourceCode

@Suite("Go: where secrets are read")
struct GoReadsTests {
    @Test("os.Getenv with a check that sets a default")
    func osGetenvWithACheck() {
        let text = """
            package main

            import "os"

            func secret() []byte {
            	s := os.Getenv("JWT_SECRET")
            	if s == "" {
            		s = "dev-secret"
            	}
            	return []byte(s)
            }

            """
        #expect(
            FactLines.of(text, file: "main.go") == [
                "read 6:17 JWT_SECRET? | 'dev-secret' as s by os.Getenv"
            ])
    }

    @Test("a check that panics makes it required")
    func aCheckThatPanicsMakes() {
        let text = """
            package config

            func Load() *Config {
            	secret := os.Getenv("JWT_SECRET")
            	if secret == "" {
            		log.Fatal("JWT_SECRET is not set")
            	}
            	return &Config{JWTSecret: secret}
            }

            """
        #expect(
            FactLines.of(text, file: "main.go") == [
                "read 4:22 JWT_SECRET? ! as Config.JWTSecret by os.Getenv"
            ])
    }

    @Test("os.LookupEnv with ok")
    func osLookupEnvWithOk() {
        let text = """
            package main

            func key() ([]byte, error) {
            	secret, ok := os.LookupEnv("JWT_SECRET")
            	if !ok {
            		return nil, errors.New("no secret")
            	}
            	return []byte(secret), nil
            }

            """
        #expect(
            FactLines.of(text, file: "main.go") == [
                "read 4:29 JWT_SECRET? ! as secret by os.LookupEnv"
            ])
    }

    @Test("a helper of the file")
    func aHelperOfTheFile() {
        let text = """
            package config

            type Config struct {
            	JWTSecret string
            	Port      string
            }

            func Load() Config {
            	return Config{
            		JWTSecret: getEnv("JWT_SECRET", "your-secret-key"),
            		Port:      getEnv("PORT", "8080"),
            	}
            }

            func getEnv(key, fallback string) string {
            	if value, ok := os.LookupEnv(key); ok {
            		return value
            	}
            	return fallback
            }

            """
        #expect(
            FactLines.of(text, file: "main.go") == [
                "read 10:21 JWT_SECRET | 'your-secret-key' as Config.JWTSecret by getEnv"
            ])
    }

    @Test("a helper of another file")
    func aHelperOfAnotherFile() {
        let text = """
            package main

            var jwtKey = []byte(utils.GetEnvOrDefault("JWT_KEY", "my_secret_key"))

            """
        #expect(
            FactLines.of(text, file: "main.go") == [
                "read 3:43 JWT_KEY? | 'my_secret_key' as jwtKey by utils.GetEnvOrDefault"
            ])
    }

    @Test("a helper by what it does")
    func aHelperByWhatIt() {
        let text = """
            package main

            func lookup(name string, otherwise string) string {
            	v := os.Getenv(name)
            	if v == "" {
            		return otherwise
            	}
            	return v
            }

            var secret = lookup("AUTH_SECRET", "s3cret")

            """
        #expect(
            FactLines.of(text, file: "main.go") == [
                "read 11:21 AUTH_SECRET? | 's3cret' as secret by lookup"
            ])
    }

    @Test("viper with prefix, names and defaults")
    func viperWithPrefixNamesAnd() {
        let text = """
            package config

            func Load() {
            	viper.SetEnvPrefix("app")
            	viper.SetEnvKeyReplacer(strings.NewReplacer(".", "_"))
            	viper.AutomaticEnv()
            	viper.SetDefault("jwt.secret", "changeme")
            	cfg.Secret = viper.GetString("jwt.secret")
            }

            """
        #expect(
            FactLines.of(text, file: "main.go") == [
                "read 8:31 APP_JWT_SECRET? | 'changeme' as cfg.Secret by viper jwt.secret"
            ])
    }

    @Test("viper.BindEnv names the variable")
    func viperBindEnvNamesTheVariable() {
        let text = """
            package config

            func Load() string {
            	viper.BindEnv("auth.jwt_secret", "JWT_SECRET", "SECRET_KEY")
            	return viper.GetString("auth.jwt_secret")
            }

            """
        #expect(
            FactLines.of(text, file: "main.go") == [
                "read 4:35 JWT_SECRET? | SECRET_KEY? as Load() by viper auth.jwt_secret"
            ])
    }

    @Test("viper unmarshals into mapstructure")
    func viperUnmarshalsIntoMapstructure() {
        let text = """
            package util

            type Config struct {
            	DBDriver  string `mapstructure:"DB_DRIVER"`
            	JWTSecret string `mapstructure:"JWT_SECRET"`
            }

            func LoadConfig(path string) (config Config, err error) {
            	viper.AutomaticEnv()
            	err = viper.Unmarshal(&config)
            	return
            }

            """
        #expect(
            FactLines.of(text, file: "main.go") == [
                "read 5:34 JWT_SECRET? as Config.JWTSecret by viper"
            ])
    }

    @Test("viper's default for a field of mapstructure")
    func viperDefaultForAField() {
        let text = """
            package config

            type Config struct {
            	JWTSecret string `mapstructure:"JWT_SECRET"`
            	Auth struct {
            	}
            }

            func Load() (c Config, err error) {
            	viper.AutomaticEnv()
            	viper.SetDefault("JWT_SECRET", "dev-secret")
            	err = viper.Unmarshal(&c)
            	return
            }

            """
        #expect(
            FactLines.of(text, file: "main.go") == [
                "read 4:34 JWT_SECRET? | 'dev-secret' as Config.JWTSecret by viper"
            ])
    }

    @Test("envconfig with a prefix")
    func envconfigWithAPrefix() {
        let text = """
            package main

            type Config struct {
            	JWTSecret string `envconfig:"JWT_SECRET" default:"dev" required:"true"`
            	Signing   string `split_words:"true"`
            	SigningKey string `split_words:"true"`
            }

            func main() {
            	var c Config
            	envconfig.MustProcess("myapp", &c)
            }

            """
        #expect(
            FactLines.of(text, file: "main.go") == [
                "read 4:31 MYAPP_JWT_SECRET | JWT_SECRET | 'dev' ! as Config.JWTSecret by envconfig",
                "read 5:33 MYAPP_SIGNING as Config.Signing by envconfig",
                "read 6:34 MYAPP_SIGNING_KEY as Config.SigningKey by envconfig",
            ])
    }

    @Test("caarlos0/env")
    func caarlos0Env() {
        let text = """
            package main

            type Config struct {
            	Secret string `env:"JWT_SECRET,required"`
            	Other  string `env:"SECRET_KEY" envDefault:"secret"`
            	JWT    JWT    `envPrefix:"AUTH_"`
            }

            type JWT struct {
            	Key string `env:"JWT_KEY,notEmpty"`
            }

            """
        #expect(
            FactLines.of(text, file: "main.go") == [
                "read 4:22 JWT_SECRET ! as Config.Secret by env tag",
                "read 5:22 SECRET_KEY | 'secret' as Config.Other by env tag",
                "read 10:19 AUTH_JWT_KEY? ! as JWT.Key by env tag",
            ])
    }

    @Test("sethvargo/go-envconfig and cleanenv")
    func sethvargoGoEnvconfigAndCleanenv() {
        let text = """
            package main

            type A struct {
            	Secret string `env:"JWT_SECRET, default=hunter2"`
            }

            type B struct {
            	Secret string `yaml:"secret" env:"JWT_SECRET" env-default:"dev" env-required:"true"`
            }

            """
        #expect(
            FactLines.of(text, file: "main.go") == [
                "read 4:22 JWT_SECRET | 'hunter2' as A.Secret by env tag",
                "read 8:36 JWT_SECRET | 'dev' ! as B.Secret by cleanenv",
            ])
    }

    @Test("flags and urfave/cli")
    func flagsAndUrfaveCli() {
        let text = """
            package main

            func main() {
            	secret := flag.String("jwt-secret", os.Getenv("JWT_SECRET"), "signs tokens")
            	cmd.Flags().StringVar(&opts.JWTSecret, "jwt-secret", "insecure", "signs tokens")
            	app.Flags = []cli.Flag{
            		&cli.StringFlag{Name: "jwt-secret", EnvVars: []string{"JWT_SECRET"}, Value: "dev", Required: true},
            	}
            	sign(*secret)
            }

            """
        #expect(
            FactLines.of(text, file: "main.go") == [
                "read 4:48 JWT_SECRET? as secret by os.Getenv",
                "read 5:41 <--jwt-secret> | 'insecure' as opts.JWTSecret by flag",
                "read 7:57 JWT_SECRET? | 'dev' ! by cli flag",
            ])
    }

    @Test("koanf")
    func koanf() {
        let text = """
            package main

            func load() {
            	k.Load(env.Provider("APP_", ".", nil), nil)
            	secret := k.String("jwt.secret")
            	use(secret)
            }

            """
        #expect(
            FactLines.of(text, file: "main.go") == [
                "read 5:21 APP_JWT_SECRET? as secret by koanf"
            ])
    }

    @Test("constants for names, and where it runs")
    func constantsForNamesAndWhere() {
        let text = """
            package config

            const (
            	envSecret  = "JWT_SECRET"
            	defaultKey = "not-for-production"
            )

            var AccessTokenTTL = 15 * time.Minute

            func Load() string {
            	if os.Getenv("APP_ENV") == "production" {
            		return os.Getenv(envSecret)
            	}
            	return defaultKey
            }

            """
        #expect(
            FactLines.of(text, file: "main.go") == [
                "read 12:20 JWT_SECRET? | 'not-for-production' as Load() by os.Getenv",
                "environment 11:15 APP_ENV",
                "lifetime 8:5 AccessTokenTTL 900",
            ])
    }

    @Test("other secrets and settings are none of it")
    func otherSecretsAndSettingsAre() {
        let text = """
            package config

            func Load() {
            	stripe := os.Getenv("STRIPE_SECRET_KEY")
            	minutes := getEnv("JWT_EXPIRES_MINUTES", "15")
            	db := os.Getenv("DATABASE_URL")
            	url.Parse(db)
            	time.Parse(time.RFC3339, minutes)
            	_ = stripe
            }

            """
        #expect(
            FactLines.of(text, file: "main.go") == [])
    }

    @Test("if with a short statement")
    func ifWithAShortStatement() {
        let text = """
            package config

            func Load(cfg *Config) {
            	if v := os.Getenv("JWT_SECRET"); v != "" {
            		cfg.Secret = v
            	}
            	if secret, ok := os.LookupEnv("SECRET_KEY"); ok {
            		cfg.Legacy = secret
            	}
            }

            """
        #expect(
            FactLines.of(text, file: "main.go") == [
                "read 4:20 JWT_SECRET? as cfg.Secret by os.Getenv",
                "read 7:32 SECRET_KEY as cfg.Legacy by os.LookupEnv",
            ])
    }
}
