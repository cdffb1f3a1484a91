import Foundation
import Secrets
import Testing

@testable import CLI
@testable import Manifests

@Suite("lockstep secret generate")
struct SecretGenerateTests {
    @Test("prints the secret alone, from as many random bytes as asked, in base64url")
    func prints() async throws {
        let trial = try Trial()
        let answer = await trial.run("secret", "generate", "--bytes", "33")
        #expect(answer.status == 0)
        #expect(answer.err == [])
        let text = try #require(answer.out.first)
        let bytes = try #require(Base64URL.decode(text))
        #expect(bytes == trial.context().randomBytes(33))
        #expect(answer.out.count == 1)
    }

    @Test("refuses fewer bytes than RFC 7518 wants", arguments: ["31", "0", "-1", "1025", "x"])
    func tooFew(bytes: String) async throws {
        let trial = try Trial()
        #expect(await trial.run("secret", "generate", "--bytes=\(bytes)").status == 64)
    }

    @Test("two secrets of the live random source differ")
    func random() {
        let context = CommandContext.live { _, _ in .fileOnly }
        #expect(context.randomBytes(48) != context.randomBytes(48))
        #expect(context.randomBytes(48).count == 48)
    }

    @Test("with --env-file writes a file of mode 0600 and shows the kid, not the secret")
    func envFile() async throws {
        let trial = try Trial()
        let answer = await trial.run("secret", "generate", "--env-file", "sub.env")
        #expect(answer.status == 0, "\(answer.err)")
        let written = try #require(trial.read("sub.env"))
        let secret = try #require(try DotEnv.parse(written, file: "").value("JWT_SECRET"))
        #expect(answer.out == ["kid \(KeyID.derived(from: SecretBytes(utf8: secret)))"])
        #expect(!answer.text.contains(secret))
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(trial.folder)/sub.env")
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: trial.folder) == ["sub.env"])
    }

    @Test("a file that others could read is readable by its owner alone afterwards")
    func tightens() async throws {
        let trial = try Trial(files: [".env": "A=1\n"])
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: "\(trial.folder)/.env")
        #expect(await trial.run("secret", "generate", "--env-file", ".env").status == 0)
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(trial.folder)/.env")
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    static let old = "# mine\nA=1\nexport JWT_SECRET=\(Samples.secret) # keep\nB='x\ny'\n\nC=3"

    @Test("keeps a secret that is there, and says where it is")
    func keeps() async throws {
        let trial = try Trial(files: [".env": Self.old])
        let answer = await trial.run("secret", "generate", "--env-file", ".env")
        #expect(answer.status == 78)
        #expect(answer.err.first?.contains(".env:3: JWT_SECRET already has a value") == true)
        #expect(trial.read(".env") == Self.old)
        #expect(!answer.text.contains(Samples.secret))
    }

    @Test("replaces it with --force, and keeps every other line")
    func replaces() async throws {
        let trial = try Trial(files: [".env": Self.old])
        #expect(await trial.run("secret", "generate", "--env-file", ".env", "--force").status == 0)
        let secret = Base64URL.encode(trial.context().randomBytes(48))
        #expect(trial.read(".env") == "# mine\nA=1\nexport JWT_SECRET=\(secret)\nB='x\ny'\n\nC=3\n")
    }

    @Test(
        "an empty or missing value is filled in at its place, or at the end",
        arguments: [
            ("JWT_SECRET=\nA=1\n", "JWT_SECRET=new\nA=1\n"), ("A=1", "A=1\nJWT_SECRET=new\n"), ("", "JWT_SECRET=new\n"),
            ("A=1\n\n", "A=1\n\nJWT_SECRET=new\n"), ("JWT_SECRET\nA=1\n", "JWT_SECRET=new\nA=1\n"),
        ])
    func fillsIn(before: String, after: String) throws {
        #expect(
            try EnvFile.text(before, file: ".env", setting: "JWT_SECRET", to: "new", replacing: false) == after)
    }

    @Test("of several old values none stays behind")
    func severalValues() throws {
        let text = "JWT_SECRET=one\nA=1\nJWT_SECRET=\"two\nlines\"\nB=2\n"
        #expect(
            try EnvFile.text(text, file: ".env", setting: "JWT_SECRET", to: "new", replacing: true)
                == "JWT_SECRET=new\nA=1\nB=2\n")
    }

    @Test("a file that can't be read as .env is left alone")
    func unreadable() async throws {
        let trial = try Trial(files: [".env": "A B C\n"])
        let answer = await trial.run("secret", "generate", "--env-file", ".env", "--force")
        #expect(answer.status == 78)
        #expect(trial.read(".env") == "A B C\n")
    }

    @Test("writes through a link to what it points at, and leaves the link")
    func link() async throws {
        let trial = try Trial(files: ["real.env": "A=1\n"])
        let link = "\(trial.folder)/.env"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "real.env")
        #expect(await trial.run("secret", "generate", "--env-file", ".env").status == 0)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "real.env")
        #expect(trial.read("real.env")?.hasPrefix("A=1\nJWT_SECRET=") == true)
    }

    @Test("does not write through a link that somebody laid where its new file is made")
    func trap() async throws {
        let trial = try Trial(files: ["victim": "untouched"])
        try FileManager.default.createSymbolicLink(
            atPath: "\(trial.folder)/.env.\(getpid()).part", withDestinationPath: "victim")
        let answer = await trial.run("secret", "generate", "--env-file", ".env")
        #expect(answer.status == 69)
        #expect(trial.read("victim") == "untouched")
        #expect(trial.read(".env") == nil)
    }

    @Test("--github prints steps that read from standard input, and no secret")
    func github() async throws {
        let trial = try Trial()
        let answer = await trial.run("secret", "generate", "--github")
        #expect(answer.status == 0)
        #expect(answer.out.contains { $0.hasPrefix("lockstep secret generate") && $0.contains("| gh secret set") })
        #expect(!answer.text.contains(Base64URL.encode(trial.context().randomBytes(48))))
    }

    @Test(
        "--algorithm makes a ring of one private key, which the services read", arguments: ["RS256", "ES384", "EdDSA"])
    func ring(_ algorithm: String) async throws {
        let trial = try Trial(["ENVIRONMENT": "test"])
        let answer = await trial.run("secret", "generate", "--algorithm", algorithm)
        #expect(answer.status == 0, "\(answer.err)")
        #expect(answer.err == [] && answer.out.count == 1)
        let document = try RingDocument(
            StoredSecret(current: SecretBytes(utf8: Trial.Answer.only(answer))), algorithm: .hs256,
            environment: .production, label: "a test")
        let key = try #require(document.keys.first)
        #expect(document.keys.count == 1)
        #expect(key.algorithm.rawValue == algorithm)
        #expect(key.state == .current)
        #expect(key.material.signs)
        #expect(key.id == KeyID.derived(from: key.material))
    }

    @Test("a ring in an .env file signs tokens that verify and are explained, and only its kid is shown")
    func ringInEnvFile() async throws {
        let trial = try Trial(["ENVIRONMENT": "test"], files: [".env": "A=1\n"])
        let made = await trial.run("secret", "generate", "--algorithm", "ES256", "--env-file", ".env")
        #expect(made.status == 0, "\(made.err)")
        let written = try #require(trial.read(".env"))
        let value = try #require(try DotEnv.parse(written, file: "").value("JWT_SECRET"))
        #expect(value.hasPrefix("{") && value.contains("\"d\":"))
        #expect(!made.text.contains("\"d\""))
        let kid = Trial.Answer.only(made).dropFirst(4)

        let loaded = try Trial(["ENVIRONMENT": "test", "JWT_SECRET": value])
        let token = Trial.Answer.only(await loaded.run("token", "issue", "--sub", "u-1", "--role", "admin"))
        let verified = await loaded.run(["token", "verify"], input: token)
        #expect(verified.status == 0, "\(verified.text)")
        #expect(verified.text.contains(kid))
        let nameless = await loaded.run("token", "issue", "--sub", "u-1", "--role", "admin", "--without-kid")
        #expect(await loaded.run(["token", "verify"], input: Trial.Answer.only(nameless)).status == 0)
        let stranger = try Trial(["ENVIRONMENT": "test", "JWT_SECRET": Samples.secret])
        #expect(await stranger.run(["token", "verify"], input: token).status == 1)
    }

    @Test(
        "what does not go together is said",
        arguments: [
            ["--algorithm", "HS257"], ["--algorithm", "none"], ["--algorithm", "ES256", "--bytes", "64"],
            ["--algorithm", "EdDSA", "--github"], ["--algorithm", "HS512", "--bytes", "32"],
        ])
    func together(_ options: [String]) async throws {
        let answer = try await Trial().run(["secret", "generate"] + options)
        #expect(answer.status == 64)
    }
}
