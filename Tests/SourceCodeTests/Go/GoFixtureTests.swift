import Testing

@testable import SourceCode

@Suite("Go's sources")
struct GoFixtureTests {
    @Test("os.Getenv with a check that sets a default")
    func fixture1() {
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
    func fixture2() {
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
    func fixture3() {
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
    func fixture4() {
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
    func fixture5() {
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
    func fixture6() {
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
    func fixture7() {
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
                "read 8:31 APP_JWT_SECRET? | 'changeme' as cfg.Secret by viper"
            ])
    }

    @Test("viper.BindEnv names the variable")
    func fixture8() {
        let text = """
            package config

            func Load() string {
            	viper.BindEnv("auth.jwt_secret", "JWT_SECRET", "SECRET_KEY")
            	return viper.GetString("auth.jwt_secret")
            }

            """
        #expect(
            FactLines.of(text, file: "main.go") == [
                "read 4:35 JWT_SECRET? | SECRET_KEY? as Load() by viper"
            ])
    }

    @Test("viper unmarshals into mapstructure")
    func fixture9() {
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

    @Test("envconfig with a prefix")
    func fixture10() {
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
    func fixture11() {
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
    func fixture12() {
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
    func fixture13() {
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
    func fixture14() {
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

    @Test("golang-jwt signs")
    func fixture15() {
        let text = """
            package auth

            func Generate(userID string, cfg *config.Config) (string, error) {
            	claims := jwt.MapClaims{
            		"sub": userID,
            		"iss": "lockstep-platform",
            		"aud": "lockstep",
            		"exp": time.Now().Add(24 * time.Hour).Unix(),
            	}
            	token := jwt.NewWithClaims(jwt.SigningMethodHS256, claims)
            	return token.SignedString([]byte(cfg.JWTSecret))
            }

            """
        #expect(
            FactLines.of(text, file: "main.go") == [
                "sign 11:9 SignedString HS256 with ? named cfg.JWTSecret iss lockstep-platform aud lockstep",
                "lifetime 8:3 exp 86400",
            ])
    }

    @Test("golang-jwt signs in one chain, with registered claims")
    func fixture16() {
        let text = """
            package auth

            const issuer = "portal"

            var key = []byte(os.Getenv("JWT_SECRET"))

            func sign() (string, error) {
            	return jwt.NewWithClaims(jwt.SigningMethodHS512, jwt.RegisteredClaims{
            		Issuer:    issuer,
            		Audience:  jwt.ClaimStrings{"api"},
            		ExpiresAt: jwt.NewNumericDate(time.Now().Add(15 * time.Minute)),
            	}).SignedString(key)
            }

            """
        #expect(
            FactLines.of(text, file: "main.go") == [
                "read 5:28 JWT_SECRET? as key by os.Getenv",
                "sign 12:5 SignedString HS512 with JWT_SECRET? named key iss portal aud api",
                "lifetime 11:3 ExpiresAt 900",
            ])
    }

    @Test("golang-jwt verifies")
    func fixture17() {
        let text = """
            package auth

            func Verify(tokenString string) (*jwt.Token, error) {
            	return jwt.Parse(tokenString, func(token *jwt.Token) (interface{}, error) {
            		if _, ok := token.Method.(*jwt.SigningMethodHMAC); !ok {
            			return nil, fmt.Errorf("unexpected signing method: %v", token.Header["alg"])
            		}
            		return []byte(os.Getenv("JWT_SECRET")), nil
            	}, jwt.WithValidMethods([]string{"HS256"}), jwt.WithIssuer("portal"), jwt.WithAudience("api"))
            }

            """
        #expect(
            FactLines.of(text, file: "main.go") == [
                "read 8:27 JWT_SECRET? by os.Getenv",
                "verify 4:9 jwt.Parse HS256 with JWT_SECRET? iss portal aud api",
            ])
    }

    @Test("golang-jwt verifies with a member and a named key function")
    func fixture18() {
        let text = """
            package auth

            type Service struct {
            	secret []byte
            }

            func New() *Service {
            	return &Service{secret: []byte(os.Getenv("JWT_SECRET_KEY"))}
            }

            func (s *Service) keyFunc(t *jwt.Token) (any, error) {
            	return s.secret, nil
            }

            func (s *Service) Verify(raw string) error {
            	_, err := jwt.ParseWithClaims(raw, &Claims{}, s.keyFunc)
            	return err
            }

            """
        #expect(
            FactLines.of(text, file: "main.go") == [
                "read 8:43 JWT_SECRET_KEY? as Service.secret by os.Getenv",
                "verify 16:12 jwt.ParseWithClaims with JWT_SECRET_KEY? named s.secret",
            ])
    }

    @Test("RS256 with a PEM key is a pair")
    func fixture19() {
        let text = """
            package auth

            func sign(pem []byte) (string, error) {
            	key, err := jwt.ParseRSAPrivateKeyFromPEM(pem)
            	if err != nil {
            		return "", err
            	}
            	return jwt.NewWithClaims(jwt.SigningMethodRS256, claims).SignedString(key)
            }

            """
        #expect(
            FactLines.of(text, file: "main.go") == [
                "sign 8:59 SignedString RS256 with (pair) named key"
            ])
    }

    @Test("jwx signs and verifies")
    func fixture20() {
        let text = """
            package auth

            var secret = []byte(os.Getenv("JWT_SECRET"))

            func use(tok jwt.Token, raw []byte) {
            	signed, err := jwt.Sign(tok, jwt.WithKey(jwa.HS256, secret))
            	parsed, err := jwt.Parse(raw, jwt.WithKey(jwa.HS256(), secret), jwt.WithIssuer("portal"))
            	keys, err := jwt.Parse(raw, jwt.WithKeySet(set))
            }

            """
        #expect(
            FactLines.of(text, file: "main.go") == [
                "read 3:31 JWT_SECRET? as secret by os.Getenv",
                "sign 6:17 jwt.Sign HS256 with JWT_SECRET? named secret",
                "verify 7:17 jwt.Parse HS256 with JWT_SECRET? named secret iss portal",
                "verify 8:15 jwt.Parse with (pair) named jwt.WithKeySet()",
            ])
    }

    @Test("go-jose signs and verifies")
    func fixture21() {
        let text = """
            package auth

            import (
            	"github.com/go-jose/go-jose/v4"
            	"github.com/go-jose/go-jose/v4/jwt"
            )

            func use(key []byte) {
            	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: key}, nil)
            	tok, err := jwt.ParseSigned(raw, []jose.SignatureAlgorithm{jose.HS256})
            	err = tok.Claims(key, &claims)
            }

            """
        #expect(
            FactLines.of(text, file: "main.go") == [
                "sign 9:17 jose.NewSigner HS256 with ? named key",
                "verify 11:8 Claims with ? named key",
            ])
    }

    @Test("middleware that takes the key")
    func fixture22() {
        let text = """
            package main

            func routes() {
            	e.Use(echojwt.WithConfig(echojwt.Config{SigningKey: []byte(os.Getenv("JWT_SECRET"))}))
            	app.Use(jwtware.New(jwtware.Config{SigningKey: jwtware.SigningKey{JWTAlg: "HS512", Key: []byte("secret")}}))
            	tokenAuth = jwtauth.New("HS256", []byte(cfg.Secret), nil)
            	mw, err := jwt.New(&jwt.GinJWTMiddleware{Realm: "zone", Key: []byte("secret key"), Timeout: time.Hour})
            }

            """
        #expect(
            FactLines.of(text, file: "main.go") == [
                "read 4:71 JWT_SECRET? by os.Getenv",
                "read 5:85 'secret' as SigningKey.Key by constant",
                "read 7:58 'secret key' as GinJWTMiddleware.Key by constant",
                "verify 4:35 echojwt.Config HS256 with JWT_SECRET?",
                "verify 5:30 jwtware.Config HS512 with 'secret'",
                "sign 6:14 jwtauth.New HS256 with ? named cfg.Secret",
                "verify 6:14 jwtauth.New HS256 with ? named cfg.Secret",
                "sign 7:26 GinJWTMiddleware HS256 with 'secret key'",
                "verify 7:26 GinJWTMiddleware HS256 with 'secret key'",
            ])
    }

    @Test("a token made by hand")
    func fixture23() {
        let text = """
            package auth

            func verifySignature(msg, sig string) bool {
            	mac := hmac.New(sha256.New, []byte(os.Getenv("JWT_SECRET")))
            	mac.Write([]byte(msg))
            	return hmac.Equal(mac.Sum(nil), decode(sig))
            }

            func webhook(body []byte) {
            	mac := hmac.New(sha256.New, []byte(os.Getenv("STRIPE_WEBHOOK_SECRET")))
            }

            """
        #expect(
            FactLines.of(text, file: "main.go") == [
                "read 4:47 JWT_SECRET? by os.Getenv",
                "verify 4:9 hmac.New HS256 with JWT_SECRET?",
            ])
    }

    @Test("a key that is made of the variable")
    func fixture24() {
        let text = """
            package auth

            func key() []byte {
            	sum := sha256.Sum256([]byte(os.Getenv("JWT_SECRET")))
            	return sum[:]
            }

            func random() string {
            	return jwt.New(jwt.SigningMethodHS256).SignedString(key())
            }

            """
        #expect(
            FactLines.of(text, file: "main.go") == [
                "read 4:9 computed(JWT_SECRET) as sum by os.Getenv",
                "sign 9:41 SignedString HS256 with ? named key()",
            ])
    }

    @Test("constants for names, and where it runs")
    func fixture25() {
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
    func fixture26() {
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
    func fixture27() {
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
