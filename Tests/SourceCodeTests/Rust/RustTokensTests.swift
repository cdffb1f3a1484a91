import Testing

@testable import SourceCode

@Suite("Rust: where tokens are signed and verified")
struct RustTokensTests {
    @Test("jsonwebtoken signs")
    func jsonwebtokenSigns() {
        let text = """
            fn issue(user: &str) -> Result<String, Error> {
                let secret = env::var("JWT_SECRET")?;
                let claims = Claims { sub: user.to_owned(), iss: "portal".to_string(), exp: (Utc::now() + Duration::hours(2)).timestamp() };
                encode(&Header::default(), &claims, &EncodingKey::from_secret(secret.as_bytes()))
            }

            """
        #expect(
            FactLines.of(text, file: "main.rs") == [
                "read 2:27 JWT_SECRET as secret by env::var",
                "sign 4:5 encode HS256 with JWT_SECRET named secret iss portal",
                "lifetime 3:76 exp 7200",
            ])
    }

    @Test("jsonwebtoken verifies")
    func jsonwebtokenVerifies() {
        let text = """
            fn verify(token: &str, state: &AppState) -> Result<TokenData<Claims>, Error> {
                let mut validation = Validation::new(Algorithm::HS512);
                validation.set_issuer(&["portal"]);
                validation.set_audience(&["api"]);
                decode::<Claims>(token, &DecodingKey::from_secret(state.config.jwt_secret.as_ref()), &validation)
            }

            """
        #expect(
            FactLines.of(text, file: "main.rs") == [
                "verify 5:5 decode HS512 with ? named state.config.jwt_secret"
            ])
    }

    @Test("literal bytes")
    func literalBytes() {
        let text = """
            const SECRET: &[u8] = b"secret";

            fn issue(claims: &Claims) -> String {
                jsonwebtoken::encode(&Header::new(Algorithm::HS384), claims, &EncodingKey::from_secret(SECRET)).unwrap()
            }

            """
        #expect(
            FactLines.of(text, file: "main.rs") == [
                "read 1:7 'secret' as SECRET by constant",
                "sign 4:5 encode HS384 with 'secret' named SECRET",
            ])
    }

    @Test("a struct of keys")
    func aStructOfKeys() {
        let text = """
            struct Keys {
                encoding: EncodingKey,
                decoding: DecodingKey,
            }

            impl Keys {
                fn new(secret: &[u8]) -> Self {
                    Self { encoding: EncodingKey::from_secret(secret), decoding: DecodingKey::from_secret(secret) }
                }
            }

            fn issue(claims: &Claims) -> String {
                encode(&Header::default(), claims, &KEYS.encoding).unwrap()
            }

            """
        #expect(
            FactLines.of(text, file: "main.rs") == [
                "sign 13:5 encode HS256 with ? named KEYS.encoding"
            ])
    }

    @Test("jwt with hmac")
    func jwtWithHmac() {
        let text = """
            fn sign(claims: BTreeMap<&str, &str>) -> String {
                let key: Hmac<Sha256> = Hmac::new_from_slice(env::var("JWT_SECRET").unwrap().as_bytes()).unwrap();
                claims.sign_with_key(&key).unwrap()
            }

            fn read(token: &str) -> Claims {
                let key: Hmac<Sha256> = Hmac::new_from_slice(b"some-secret").unwrap();
                token.verify_with_key(&key).unwrap()
            }

            """
        #expect(
            FactLines.of(text, file: "main.rs") == [
                "read 2:59 JWT_SECRET ! as key by env::var",
                "sign 3:5 sign_with_key with JWT_SECRET ! named key",
                "verify 8:5 verify_with_key with 'some-secret' ! named key",
            ])
    }

    @Test("jwt-simple")
    func jwtSimple() {
        let text = """
            fn issue(secret: &[u8]) -> String {
                let key = HS256Key::from_bytes(secret);
                key.authenticate(claims).unwrap()
            }

            """
        #expect(
            FactLines.of(text, file: "main.rs") == [
                "sign 3:5 authenticate HS256 with ? named secret"
            ])
    }

    @Test("key pairs")
    func keyPairs() {
        let text = """
            fn verify(token: &str, pem: &[u8]) -> Claims {
                let key = DecodingKey::from_rsa_pem(pem).unwrap();
                decode::<Claims>(token, &key, &Validation::new(Algorithm::RS256)).unwrap().claims
            }

            """
        #expect(
            FactLines.of(text, file: "main.rs") == [
                "verify 3:5 decode RS256 with (pair) ! named key"
            ])
    }
}
