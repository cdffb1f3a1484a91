import Secrets
import TestSupport
import Testing

@Suite("Rings as JWK Sets")
struct JWKSetTests {
    private static let current = RingText.Key(kid: "now", state: "current", secret: Samples.first)
    private static let k = Base64URL.encode(Samples.second.utf8)

    private func load(_ text: String, environment: String = "production") async throws(SecretError) -> KeyRing {
        try await Samples.manager(["ENVIRONMENT": environment, "JWT_SECRET": text]).ring
    }

    @Test("a ring in one value: every state, kids kept, derived kids as aliases")
    func wholeRing() async throws {
        let ring = try await load(
            RingText([
                .init(kid: "old", state: "previous", secret: Samples.second, extra: "\"retire_at\":1800000000,"),
                Self.current,
                .init(kid: "soon", state: "next", secret: Samples.third),
                .init(kid: "bad", state: "revoked", secret: Samples.first + "x"),
            ]).text)
        #expect(ring.keys.map(\.id.rawValue) == ["old", "now", "soon", "bad"])
        #expect(ring.keys.map(\.state) == [.previous, .current, .next, .revoked])
        #expect(ring.current?.id == KeyID("now"))
        #expect(ring.key(Samples.kid(Samples.first))?.id == KeyID("now"))
        #expect(ring.keys[0].verifies(at: 1_799_999_999) && !ring.keys[0].verifies(at: 1_800_000_000))
        #expect(ring.keys[2].verifies(at: 0) && !ring.keys[3].verifies(at: 0))
    }

    @Test("a JWK whose kid is the derived one needs no alias")
    func derivedKid() async throws {
        let ring = try await load(
            RingText([.init(kid: Samples.kid(Samples.first).rawValue, state: "current", secret: Samples.first)]).text)
        #expect(ring.keys[0].aliases.isEmpty)
    }

    @Test("a key of each algorithm, unknown members ignored, white space and a trailing newline around")
    func tolerated() async throws {
        let long = Samples.first + Samples.second
        let ring = try await load(
            "\n  "
                + RingText([
                    .init(
                        kid: "a", state: "current", secret: long, algorithm: "HS512",
                        extra: #""use":"sig","key_ops":["sign","verify"],"note":{"x":[1]},"retire_at":null,"#),
                    .init(kid: "b", state: "next", secret: Samples.third, algorithm: "HS384"),
                ]).text + " \n")
        #expect(ring.keys.map(\.algorithm) == [.hs512, .hs384])
    }

    @Test("a retirement in the past loads, and does not verify")
    func retired() async throws {
        let log = CapturedLog()
        let text = RingText([
            Self.current, .init(kid: "old", state: "previous", secret: Samples.second, extra: "\"retire_at\":1,"),
        ]).text
        let manager = try await Samples.manager(["ENVIRONMENT": "production", "JWT_SECRET": text], log: log)
        #expect(manager.ring.keys[1].verifies(at: Samples.now) == false)
        #expect(log.lines.last?.metadata["kid"] == "old")
    }

    static let attacks: [(text: String, said: String)] = {
        func ring(_ members: String...) -> String { "{\"keys\":[\(members.map { "{\($0)}" }.joined(separator: ","))]}" }
        let good = #""kty":"oct","kid":"a","alg":"HS256","state":"current","k":"\#(k)""#
        func without(_ member: String) -> String {
            good.split(separator: ",").filter { !$0.hasPrefix("\"\(member)\"") }.joined(separator: ",")
        }
        func with(_ member: String, _ value: String) -> String { without(member) + ",\"\(member)\":\(value)" }
        return [
            ("{", "strict JSON"), ("{}", "\"keys\" is missing"), (#"{"keys":{}}"#, "\"keys\" is missing"),
            (#"{"keys":[]}"#, "none of its 0 keys"), (#"{"keys":[1]}"#, "keys[0] is no object"),
            ("{\(good)}", "lone JWK"), (ring(good) + "x", "strict JSON"), (ring(good) + ring(good), "strict JSON"),
            (ring(good + #","kid":"b""#), "strict JSON"), (ring(good + #","\u006bid":"b""#), "strict JSON"),
            (#"{"keys":[],"keys":[{\#(good)}]}"#, "strict JSON"),
            (ring(without("kty")), "keys[0].kty is missing"), (ring(with("kty", "\"RSA\"")), "keys[0].n is missing"),
            (ring(with("kty", "1")), "keys[0].kty is no string"),
            (ring(without("kid")), "keys[0].kid is missing"), (ring(with("kid", "\"\"")), "keys[0].kid"),
            (ring(with("kid", "\"a b\"")), "keys[0].kid"), (ring(with("kid", #""a\nb""#)), "keys[0].kid"),
            (ring(with("kid", "\"\(String(repeating: "k", count: 129))\"")), "keys[0].kid"),
            (ring(with("kid", "\"\(k)\"")), "keys[0].kid is the key itself"),
            (ring(with("kid", "\"\(Samples.second)\"")), "keys[0].kid is the key itself"),
            (ring(without("alg")), "keys[0].alg is missing"), (ring(with("alg", "\"none\"")), "keys[0].alg"),
            (ring(with("alg", "\"hs256\"")), "keys[0].alg"), (ring(with("alg", "\"RS256\"")), "keys[0].alg"),
            (ring(without("state")), "keys[0].state is missing"), (ring(with("state", "\"active\"")), "keys[0].state"),
            (ring(with("state", "\"next\"")), "none of its 1 keys"),
            (ring(without("k")), "keys[0].k is missing"), (ring(with("k", "\"\(k)=\"")), "keys[0].k"),
            (ring(with("k", "\"AB\"")), "keys[0].k"), (ring(with("k", "\"a+b/\"")), "keys[0].k"),
            (ring(good + #","use":"enc""#), "keys[0].use"),
            (ring(good + #","key_ops":["encrypt"]"#), "keys[0].key_ops"),
            (ring(good + #","retire_at":5"#), "keys[0].retire_at belongs"),
            (ring(with("state", "\"previous\"") + #","retire_at":"5""#), "keys[0].retire_at"),
            (ring(with("state", "\"previous\"") + #","retire_at":-5"#), "keys[0].retire_at"),
            (ring(good, good), "the same kid"),
            (ring(good, with("kid", "\"b\"")), "the same bytes"),
        ]
    }()

    @Test("a malformed ring is refused, with the place and never a byte of a key", arguments: attacks)
    func refused(text: String, said: String) async {
        for environment in DeploymentEnvironment.allCases {
            let log = CapturedLog()
            let error = await #expect(throws: SecretError.self) {
                _ = try await Samples.manager(
                    ["ENVIRONMENT": environment.rawValue, "JWT_SECRET": text], log: log)
            }
            #expect(error?.code == "ring_malformed")
            #expect(error?.message.contains(said) == true, "\(error?.message ?? "")")
            let told = log.text + (error?.message ?? "")
            #expect(!told.contains(Self.k) && !told.contains(Samples.second))
        }
    }

    @Test("two current keys are refused and named")
    func twoCurrent() async {
        let text = RingText([Self.current, .init(kid: "b", state: "current", secret: Samples.second)]).text
        let error = await #expect(throws: SecretError.self) { _ = try await load(text) }
        #expect(error?.message.contains("keys[0], keys[1] all have the state \"current\"") == true)
    }

    @Test("a kid that is another key's derived one is refused")
    func borrowedKid() async {
        let text = RingText([
            Self.current, .init(kid: Samples.kid(Samples.first).rawValue, state: "next", secret: Samples.second),
        ]).text
        let error = await #expect(throws: SecretError.self) { _ = try await load(text) }
        #expect(error?.code == "ring_malformed")
    }

    @Test("each key of a ring keeps the rules", arguments: ["current", "next", "previous", "revoked"])
    func rules(state: String) async {
        let others = state == "current" ? [] : [Self.current]
        for (secret, code) in [
            (String(Samples.second.prefix(31)), "secret_too_short"),
            ("change-me-" + Samples.second, "secret_placeholder"), (String(repeating: "a", count: 40), "secret_weak"),
        ] {
            let text = RingText([.init(kid: "x", state: state, secret: secret)] + others).text
            let error = await #expect(throws: SecretError.self) { _ = try await load(text) }
            #expect(error?.code == code)
            #expect(error?.message.contains("keys[0]") == true)
        }
        let short = RingText([.init(kid: "x", state: state, secret: Samples.second, algorithm: "HS512")] + others).text
        let error = await #expect(throws: SecretError.self) { _ = try await load(short, environment: "test") }
        #expect(error?.code == "secret_too_short")
    }

    @Test("the number of keys and the size are bounded")
    func bounds() async {
        let keys = (0..<17).map {
            RingText.Key(kid: "k\($0)", state: $0 == 0 ? "current" : "previous", secret: Samples.first + "\($0)")
        }
        let many = await #expect(throws: SecretError.self) { _ = try await load(RingText(keys).text) }
        #expect(many?.message.contains("17 keys; at most 16") == true)
        let ring = try? await load(RingText(Array(keys.dropLast())).text)
        #expect(ring?.keys.count == 16)
        let large = await #expect(throws: SecretError.self) {
            _ = try await load(String(repeating: Samples.first, count: 1_400))
        }
        #expect(large?.code == "secret_malformed")
    }

    @Test(
        "a raw secret is one line of UTF-8 text",
        arguments: [[0xFF], [0xEF, 0xBB, 0xBF], [0x0A], [0x00], [0x7F]] as [[UInt8]])
    func rawText(intruder: [UInt8]) async throws {
        let folder = try ScratchFolder()
        let path = try folder.write(bytes: intruder + Array(Samples.first.utf8), to: "secret")
        let error = await #expect(throws: SecretError.self) {
            _ = try await Samples.manager(["ENVIRONMENT": "development", "JWT_SECRET_FILE": path])
        }
        #expect(error?.code == "secret_malformed")
    }
}
