import Testing

@testable import SourceCode

@Suite("Swift: where tokens are signed and verified")
struct SwiftTokensTests {
    @Test("Vapor 4 with signers")
    func vapor4WithSigners() {
        let text = """
            public func configure(_ app: Application) throws {
                let secret = Environment.get("JWT_SECRET") ?? "vapor-secret"
                app.jwt.signers.use(.hs256(key: secret))
            }

            """
        #expect(
            FactLines.of(text, file: "main.swift") == [
                "read 2:34 JWT_SECRET | 'vapor-secret' as secret by Environment.get",
                "verify 3:26 hs256 HS256 with JWT_SECRET | 'vapor-secret' named secret",
            ])
    }

    @Test("Vapor with jwt-kit 5")
    func vaporWithJwtKit5() {
        let text = """
            func configure(_ app: Application) async throws {
                guard let secret = Environment.get("JWT_SECRET") else {
                    fatalError("JWT_SECRET not set")
                }
                await app.jwt.keys.add(hmac: .init(from: secret), digestAlgorithm: .sha256)
            }

            """
        #expect(
            FactLines.of(text, file: "main.swift") == [
                "read 2:40 JWT_SECRET? ! as secret by Environment.get",
                "verify 5:11 keys.add HS256 with JWT_SECRET? ! named secret",
            ])
    }

    @Test("Vapor's dynamic members")
    func vaporSDynamicMembers() {
        let text = """
            func configure(_ app: Application) {
                app.jwt.signers.use(.hs512(key: Environment.process.JWT_SECRET ?? "x"))
            }

            """
        #expect(
            FactLines.of(text, file: "main.swift") == [
                "read 2:37 JWT_SECRET | 'x' by Environment.process",
                "verify 2:26 hs512 HS512 with JWT_SECRET | 'x'",
            ])
    }

    @Test("jwt-kit signs and verifies in one file")
    func jwtKitSignsAndVerifies() {
        let text = """
            struct Tokens {
                let keys = JWTKeyCollection()

                init(secret: String) async {
                    await keys.add(hmac: HMACKey(from: secret), digestAlgorithm: .sha512)
                }

                func issue(user: String) async throws -> String {
                    let payload = Payload(
                        sub: .init(value: user), iss: .init(value: "portal"), aud: .init(value: ["api"]),
                        exp: .init(value: Date().addingTimeInterval(15 * 60)))
                    return try await keys.sign(payload, kid: "a")
                }

                func check(_ token: String) async throws -> Payload {
                    try await keys.verify(token, as: Payload.self)
                }
            }

            """
        #expect(
            FactLines.of(text, file: "main.swift") == [
                "verify 5:15 keys.add HS512 with ? named secret",
                "sign 12:26 sign HS512 with ? named secret iss portal",
                "lifetime 11:13 exp 900",
            ])
    }

    @Test("a request verifies")
    func aRequestVerifies() {
        let text = """
            func routes(_ app: Application) throws {
                app.get("me") { req async throws -> User in
                    let payload = try await req.jwt.verify(as: UserPayload.self)
                    return payload.user
                }
                app.post("login") { req in try await req.jwt.sign(UserPayload(user: req.user)) }
            }

            """
        #expect(
            FactLines.of(text, file: "main.swift") == [
                "verify 3:33 verify with ?",
                "sign 6:42 sign with ?",
            ])
    }

    @Test("key pairs")
    func keyPairs() {
        let text = """
            func load(keys: JWTKeyCollection) async throws {
                await keys.add(ecdsa: ES256PrivateKey(pem: pem))
                try await keys.add(rsa: Insecure.RSA.PublicKey(pem: pem), digestAlgorithm: .sha256)
                try await keys.add(jwks: jwks)
            }

            """
        #expect(
            FactLines.of(text, file: "main.swift") == [
                "verify 2:11 keys.add with (pair) named keys.add()",
                "verify 3:15 keys.add with (pair) named keys.add()",
                "verify 4:15 keys.add with (pair) named keys.add()",
            ])
    }

    @Test("a token made of a bare HMAC")
    func aTokenMadeOfA() {
        let text = """
            struct Signer {
                let key = SymmetricKey(data: Data(ProcessInfo.processInfo.environment["JWT_SECRET"]!.utf8))

                func sign(header: String, payload: String) -> String {
                    let mac = HMAC<SHA256>.authenticationCode(for: Data((header + "." + payload).utf8), using: key)
                    return encode(mac)
                }

                func verify(_ mac: Data, signingInput: Data) -> Bool {
                    HMAC<SHA256>.isValidAuthenticationCode(mac, authenticating: signingInput, using: key)
                }
            }

            """
        #expect(
            FactLines.of(text, file: "main.swift") == [
                "read 2:75 JWT_SECRET as Signer.key by ProcessInfo.environment",
                "sign 5:19 HMAC.authenticationCode with JWT_SECRET named key",
                "verify 10:9 HMAC.isValidAuthenticationCode with JWT_SECRET named key",
            ])
    }

    @Test("IBM's SwiftJWT")
    func ibmSSwiftJWT() {
        let text = """
            let signer = JWTSigner.hs256(key: Data(Config.jwtSecret.utf8))
            let verifier = JWTVerifier.hs256(key: Data("shared".utf8))

            """
        #expect(
            FactLines.of(text, file: "main.swift") == [
                "sign 1:14 JWTSigner.hs256 HS256 with ? named Config.jwtSecret",
                "verify 2:16 hs256 HS256 with 'shared'",
            ])
    }
}
