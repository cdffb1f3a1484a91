import Foundation
import Secrets
import Testing

@testable import CLI

@Suite("lockstep secret diagnose and validate")
struct SecretReportTests {
    static let kid = KeyID.derived(from: SecretBytes(utf8: Samples.secret)).rawValue
    static let development = ["ENVIRONMENT": "development"]

    @Test("say which secret is loaded from .env, by kid alone")
    func fromDotEnv() async throws {
        let trial = try Trial(Self.development, files: [".env": "JWT_SECRET=\(Samples.secret)\n"])
        let answer = await trial.run("secret", "diagnose")
        #expect(answer.status == 0)
        #expect(answer.out.contains("  \(Self.kid)  HS256  current"))
        #expect(answer.err == ["lockstep: read \(trial.folder)/.env (1 variable)"])
        #expect(!answer.text.contains(Samples.secret))
        #expect(await trial.run("secret", "validate").status == 0)
    }

    @Test("the environment wins over .env, and that is said")
    func environmentWins() async throws {
        let trial = try Trial(
            ["ENVIRONMENT": "development", "JWT_SECRET": Samples.other],
            files: [".env": "JWT_SECRET=\(Samples.secret)\nENVIRONMENT=development\n"])
        let answer = await trial.run("secret", "diagnose", "--format", "json")
        #expect(
            answer.err == ["lockstep: read \(trial.folder)/.env (2 variables; the environment wins for JWT_SECRET)"])
        let diagnostics = try JSONDecoder().decode(
            SecretDiagnostics.self, from: Data(answer.out.joined(separator: "\n").utf8))
        #expect(diagnostics.keys.map(\.kid) == [KeyID.derived(from: SecretBytes(utf8: Samples.other)).rawValue])
        #expect(!answer.text.contains(Samples.other) && !answer.text.contains(Samples.secret))
    }

    @Test(
        "a service that would not start is exit 78 for diagnose, which still tells all, and 1 for validate",
        arguments: [
            ["ENVIRONMENT": "production"], ["ENVIRONMENT": "production", "JWT_SECRET": "tiny-81"],
            [
                "ENVIRONMENT": "production", "JWT_SECRET": Samples.secret, "SECRET_KEY": Samples.other,
            ], ["ENVIRONMENT": "production", "JWT_SECRET": "dev_secret_key_change_in_production"],
        ])
    func refused(variables: [String: String]) async throws {
        let trial = try Trial(variables)
        let diagnosed = await trial.run("secret", "diagnose")
        #expect(diagnosed.status == 78)
        #expect(diagnosed.out.contains { $0.contains("JWT_SECRET") })
        let validated = await trial.run("secret", "validate")
        #expect(validated.status == 1)
        for value in variables.values where value != "production" {
            #expect(!diagnosed.text.contains(value) && !validated.text.contains(value))
        }
    }

    @Test("a file that is named and missing is exit 66, an unreadable .env 78 with its line")
    func files() async throws {
        let empty = try Trial(Self.development)
        #expect(await empty.run("secret", "diagnose", "--env-file", "gone.env").status == 66)
        let trial = try Trial(Self.development, files: [".env": "A=1\nB C\n"])
        let answer = await trial.run("secret", "diagnose")
        #expect(answer.status == 78)
        #expect(answer.err.first?.contains(".env:2: ") == true)
    }

    @Test(".env is read beside the compose file")
    func besideCompose() async throws {
        let trial = try Trial(Self.development, files: ["sub/.env": "JWT_SECRET=\(Samples.secret)\n"])
        let answer = await trial.run("secret", "diagnose", "-f", "sub/docker-compose.yml")
        #expect(answer.out.contains("  \(Self.kid)  HS256  current"))
    }
}
