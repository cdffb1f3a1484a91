import Crypto
import Foundation
import Secrets
import Testing

@testable import CLI

@Suite("lockstep token")
struct TokenCommandTests {
    static let start: Int64 = 1_800_000_000

    static func trial(_ more: [String: String] = [:]) throws -> Trial {
        try Trial(["ENVIRONMENT": "development", "JWT_SECRET": Samples.secret].merging(more) { $1 })
    }

    static func issue(_ trial: Trial, _ more: String...) async -> String {
        await Trial.Answer.only(
            trial.run(["token", "issue", "--sub", "u1", "--email", "u1@example.org", "--role", "admin"] + more))
    }

    static func json(_ answer: Trial.Answer) throws -> [String: Any] {
        try JSONSerialization.jsonObject(with: Data(answer.out.joined().utf8)) as? [String: Any] ?? [:]
    }

    @Test("a token that was issued verifies, until it expires")
    func roundTrip() async throws {
        let trial = try Self.trial()
        let token = await Self.issue(trial)
        let valid = await trial.run("token", "verify", input: token + "\n", now: Self.start)
        #expect(valid.status == 0, "\(valid)")
        #expect(valid.out.first == "valid")
        let late = await trial.run("token", "verify", input: token, now: Self.start + 15 * 60 + 61)
        #expect(late.status == 1)
        #expect(late.out.first?.hasPrefix("not valid: expired") == true)
    }

    @Test("--ttl, issuer, audience, customer and session reach the token")
    func options() async throws {
        let trial = try Self.trial()
        let answer = await trial.run(
            "token", "issue", "--sub", "c1", "--email", "c@x.org", "--role", "customer", "--role", "customer_admin",
            "--ttl", "1h30m", "--customer-id", "k-1", "--session-id", "s-1", "--format", "json")
        let issued = try Self.json(answer)
        #expect(issued["expiresAt"] as? Int64 == Self.start + 5400)
        let token = try #require(issued["token"] as? String)
        let verified = await trial.run("token", "verify", "--format", "json", input: token)
        let verdict = try Self.json(verified)
        #expect(verdict["valid"] as? Bool == true)
        #expect(verdict["issuer"] as? String == "lockstep-customer")
        #expect(verdict["customerID"] as? String == "k-1")
        #expect(verdict["sessionID"] as? String == "s-1")
        #expect(verdict["roles"] as? [String] == ["customer", "customer_admin"])

        let foreign = await Self.issue(trial, "--issuer", "stranger", "--audience", "else")
        #expect(await trial.run("token", "verify", input: foreign).out.first?.contains("wrong_") == true)
    }

    @Test("subject, role and lifetime are enough: the email is made of the subject")
    func leastOptions() async throws {
        let trial = try Self.trial()
        for (subject, email) in [("u1", "u1@lockstep.invalid"), ("u1@example.org", "u1@example.org")] {
            let issued = await trial.run("token", "issue", "--sub", subject, "--role", "admin", "--ttl", "5m")
            let verified = await trial.run(
                "token", "verify", "--format", "json", input: Trial.Answer.only(issued))
            #expect(try Self.json(verified)["email"] as? String == email, "\(issued)")
        }
    }

    @Test("no command shows the kid of a weak key: a kid confirms a guess", arguments: ["text", "json"])
    func weakKey(format: String) async throws {
        let secret = String(repeating: "a", count: 40)
        let trial = try Self.trial(["JWT_SECRET": secret])
        let kid = KeyID.derived(from: SecretBytes(utf8: secret)).rawValue
        let other = await Self.issue(try Self.trial())
        let unnamed = await Self.issue(trial, "--without-kid")
        for token in [other, unnamed, unnamed.dropLast() + "A"] {
            let explained = await trial.run("explain", String(token), "--format", format)
            #expect(!explained.text.contains(kid), "\(explained.text)")
            #expect(explained.text.contains("withheld: weak key"), "\(explained.text)")
        }
        let held = await HeldKeys.of(try LocalStackTests.plan(["JWT_SECRET": secret]), in: trial.context())
        #expect(held["plant-backend"]?.words.contains("withheld: weak key") == true)
        #expect(held["plant-backend"]?.words.contains(kid) == false)
    }

    @Test("is not issued outside development and test", arguments: ["staging", "production", "", "nonsense"])
    func refusedElsewhere(environment: String) async throws {
        let trial = try Self.trial(["ENVIRONMENT": environment])
        let answer = await trial.run("token", "issue", "--sub", "u", "--email", "u@x.org", "--role", "admin")
        #expect(answer.status == 78)
        #expect(answer.out == [])
        #expect(answer.err.contains { $0.contains("development and test only") })
    }

    @Test(
        "wrong options are exit 64",
        arguments: [
            ["token", "issue", "--sub", "u"], ["token", "issue", "--sub", "u", "--email", "e", "--role"],
            ["token", "issue", "--sub", "u", "--email", "e", "--role", "r", "--ttl", "0s"],
            ["token", "issue", "--sub", "u", "--email", "e", "--role", "r", "--ttl", "soon"],
            ["token", "issue", "--sub", "", "--email", "e", "--role", "r"], ["token", "verify", "--nonsense"],
            ["token", "verify"], ["token", "explain", "-"], ["nonsense"], ["up", "--format"],
        ])
    func usage(arguments: [String]) async throws {
        let trial = try Self.trial()
        #expect(await trial.run(arguments).status == 64)
    }

    @Test("--without-kid makes a token as older issuers do, which verifies too")
    func legacy() async throws {
        for algorithm in ["HS256", "HS384", "HS512"] {
            let trial = try Self.trial(["JWT_ALGORITHM": algorithm])
            let token = await Self.issue(trial, "--without-kid")
            let header = try #require(Base64URL.decode(String(token.split(separator: ".")[0])))
            #expect(String(decoding: header, as: UTF8.self) == #"{"alg":"\#(algorithm)","typ":"JWT"}"#)
            #expect(await trial.run("token", "verify", input: token).status == 0)
        }
    }

    @Test("a token of another key is not valid, and the kid is named")
    func foreignKey() async throws {
        let token = await Self.issue(try Self.trial(["JWT_SECRET": Samples.other]))
        let answer = await (try Self.trial()).run("token", "verify", "--format", "json", input: token)
        #expect(answer.status == 1)
        let kid = KeyID.derived(from: SecretBytes(utf8: Samples.other)).rawValue
        #expect(answer.out.joined().contains("unknown_key") && answer.out.joined().contains(kid))
    }

    @Test("a token with anything before it is not valid", arguments: [" ", "Bearer ", "\u{FEFF}"])
    func prefixed(prefix: String) async throws {
        let trial = try Self.trial()
        let token = await Self.issue(trial)
        #expect(await trial.run("token", "verify", input: prefix + token).status == 1)
    }

    @Test("--jwks verifies with the keys of a file")
    func jwks() async throws {
        let trial = try Self.trial()
        let token = await Self.issue(trial)
        let key = Base64URL.encode(Samples.secret.utf8)
        try trial.write(#"{"keys":[{"kty":"oct","alg":"HS256","k":"\#(key)"}]}"#, to: "keys.json")
        #expect(await trial.run("token", "verify", "--jwks", "keys.json", input: token).status == 0)
        let other = Base64URL.encode(Samples.other.utf8)
        try trial.write(#"{"kty":"oct","alg":"HS256","k":"\#(other)"}"#, to: "other.json")
        #expect(await trial.run("token", "verify", "--jwks", "other.json", input: token).status == 1)
        #expect(await trial.run("token", "verify", "--jwks", "gone.json", input: token).status == 66)
        try trial.write(#"{"kty":"oct","alg":"HS256","k":"c2hvcnQ"}"#, to: "weak.json")
        let weak = await trial.run("token", "verify", "--jwks", "weak.json", input: token)
        #expect(weak.status == 1)
        #expect(!weak.text.contains("c2hvcnQ"))
    }

    @Test("--signature-only asks about the signature alone, whatever the payload is")
    func signatureOnly() async throws {
        let trial = try Self.trial()
        let key = Base64URL.encode(Samples.secret.utf8)
        try trial.write(#"{"kty":"oct","alg":"HS256","k":"\#(key)"}"#, to: "key.json")
        let signed = Base64URL.encode(#"{"alg":"HS256"}"#.utf8) + "." + Base64URL.encode("any bytes \u{0}".utf8)
        let tag = HMAC<SHA256>.authenticationCode(
            for: Data(signed.utf8), using: SymmetricKey(data: Data(Samples.secret.utf8)))
        let text = signed + "." + Base64URL.encode(tag)
        let valid = await trial.run("token", "verify", "--signature-only", "--jwks", "key.json", input: text)
        #expect(valid.status == 0, "\(valid)")
        #expect(valid.out.contains("  payload    11 bytes"))
        let none = Base64URL.encode(#"{"alg":"none"}"#.utf8) + "." + Base64URL.encode("x".utf8) + "."
        for bad in [text + "A", String(text.dropLast()), signed + ".", none, "", "a.b.c"] where !bad.isEmpty {
            let answer = await trial.run("token", "verify", "--signature-only", "--jwks", "key.json", input: bad)
            #expect(answer.status == 1, "\(bad)")
        }
    }

    @Test("no command that reads a token or a secret shows a byte of a secret or of a signature")
    func nothingShown() async throws {
        let trial = try Self.trial(["JWT_SECRET_PREVIOUS": Samples.other])
        let token = await Self.issue(trial)
        let signature = String(try #require(token.split(separator: ".").last))
        for arguments in [["token", "verify"], ["explain"], ["token", "explain", "--format", "json"]] {
            for text in [token, token + "x", "x" + token] {
                let answer = await trial.run(arguments, input: text)
                for hidden in [Samples.secret, Samples.other, signature] { #expect(!answer.text.contains(hidden)) }
            }
        }
    }
}

@Suite("lockstep explain")
struct ExplainTests {
    @Test(
        "says of a valid token what is in it and which key signed it", arguments: [["explain"], ["token", "explain"]])
    func valid(arguments: [String]) async throws {
        let trial = try TokenCommandTests.trial()
        let token = await TokenCommandTests.issue(trial)
        let kid = KeyID.derived(from: SecretBytes(utf8: Samples.secret)).rawValue
        for (more, input) in [([], token), (["-"], token), ([token], "")] {
            let answer = await trial.run(arguments + more, input: input)
            #expect(answer.status == 0, "\(answer)")
            #expect(answer.out.first == "valid")
            #expect(answer.out.contains("  \(kid), which is held here"))
            #expect(answer.out.contains { $0.contains("exp") && $0.contains("2027-01-15T08:15:00Z") })
            #expect(answer.out.contains { $0.contains("\"u1@example.org\"") })
        }
    }

    @Test("names the code, the cause and the mend of a refusal")
    func refused() async throws {
        let trial = try TokenCommandTests.trial()
        let foreign = await TokenCommandTests.issue(try TokenCommandTests.trial(["JWT_SECRET": Samples.other]))
        let answer = await trial.run("explain", input: foreign)
        #expect(answer.status == 1)
        #expect(answer.out.first == "not valid: unknown_key")
        #expect(answer.out.contains("how to mend it"))
        let late = await trial.run("explain", input: await TokenCommandTests.issue(trial), now: 1_900_000_000)
        #expect(late.out.first == "not valid: expired")
    }

    @Test("finds the development fallback as the signer where this service holds another key")
    func fallback() async throws {
        let token = await TokenCommandTests.issue(try Trial(["ENVIRONMENT": "development"]))
        let answer = await (try TokenCommandTests.trial()).run("explain", "--format", "json", input: token)
        #expect(answer.status == 1)
        #expect(answer.out.joined().contains("development fallback"))
    }

    @Test("explains without any key, and says why there is none")
    func withoutKeys() async throws {
        let token = await TokenCommandTests.issue(try TokenCommandTests.trial())
        let answer = await (try Trial(["ENVIRONMENT": "production"])).run("explain", input: token)
        #expect(answer.status == 1)
        #expect(answer.err.contains { $0.contains("secret_required") })
        #expect(answer.out.contains { $0.contains("\"u1@example.org\"") })
    }

    @Test("takes rubbish apart as far as it goes", arguments: ["x", "a.b", "....", "eyJhbGciOiJub25lIn0.e30.", "☃"])
    func rubbish(text: String) async throws {
        let answer = await (try TokenCommandTests.trial()).run("explain", input: text)
        #expect(answer.status == 1)
        #expect(answer.out.first?.hasPrefix("not valid: ") == true)
    }

    @Test("terminal escapes in a token do not reach the screen")
    func escapes() async throws {
        let claims = Base64URL.encode("{\"sub\":\"\\u001b]0;x\\u0007\",\"n\u{1B}\":1}".utf8)
        let text = Base64URL.encode(#"{"alg":"HS256","kid":"\u001b[2J"}"#.utf8) + "." + claims + ".AAAA"
        let answer = await (try TokenCommandTests.trial()).run("explain", input: text)
        #expect(!answer.text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
    }
}
