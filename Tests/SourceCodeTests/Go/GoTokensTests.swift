import Testing

@testable import SourceCode

@Suite("Go: where tokens are signed and verified")
struct GoTokensTests {
    @Test("golang-jwt signs")
    func golangJwtSigns() {
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
    func golangJwtSignsInOne() {
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
    func golangJwtVerifies() {
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
    func golangJwtVerifiesWithA() {
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
    func rs256WithAPEMKey() {
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
    func jwxSignsAndVerifies() {
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
    func goJoseSignsAndVerifies() {
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
    func middlewareThatTakesTheKey() {
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
    func aTokenMadeByHand() {
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
    func aKeyThatIsMade() {
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
}
