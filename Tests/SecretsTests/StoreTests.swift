import Secrets
import TestSupport
import Testing

@Suite("Stores")
struct StoreTests {
    @Test(
        "references are read",
        arguments: [
            ("gcp://acme/jwt", StoreReference.gcp(project: "acme", name: "jwt", version: nil)),
            ("gcp://acme/jwt@7", .gcp(project: "acme", name: "jwt", version: "7")),
            ("aws://eu-central-1/prod/jwt", .aws(region: "eu-central-1", name: "prod/jwt")),
            ("azure://vault/jwt", .azure(vault: "vault", name: "jwt")),
            ("vault://secret/lockstep/jwt#value", .vault(mount: "secret", path: "lockstep/jwt", field: "value")),
            ("file:///run/secrets/jwt", .file(path: "/run/secrets/jwt")),
        ])
    func parsed(text: String, expected: StoreReference) throws {
        #expect(try StoreReference.parse(text) == expected)
    }

    @Test(
        "what is no reference is refused and not repeated",
        arguments: [
            "gcp://acme", "gcp:///jwt", "gcp://acme/", "gcp://acme/a/b", "gcp://acme/jwt@", "gcp://acme/jwt@1@2",
            "aws://region", "azure://vault/a/b", "vault://m/p", "vault://m/p#", "vault://m/p#a#b", "file://relative/x",
            "file:///", "s3://bucket/x", "GCP://acme/jwt", "gcp://acme/a b", Samples.first,
        ])
    func malformed(text: String) {
        let error = #expect(throws: SecretError.self) { try StoreReference.parse(text) }
        #expect(error?.code == "store_malformed")
        #expect(error?.message.contains("its value is not shown") == true)
        #expect(error?.message.contains(Samples.first) == false)
    }

    @Test(
        "a store that this build has not is refused, also where a variable could serve",
        arguments: ["gcp://acme/jwt", "aws://r/jwt", "azure://v/jwt", "vault://m/p#f"])
    func unsupported(text: String) async {
        let error = await #expect(throws: SecretError.self) {
            _ = try await Samples.manager([
                "ENVIRONMENT": "production", "JWT_SECRET": Samples.first, "JWT_SECRET_STORE": text,
            ])
        }
        #expect(error?.code == "store_unsupported")
        #expect(error?.message.contains("no such store") == true)
    }

    @Test("GCP_PROJECT_ID without such a store says that nothing came from there, and the chain goes on")
    func googleWithoutStore() async throws {
        let log = CapturedLog()
        let variables = ["ENVIRONMENT": "development", "GCP_PROJECT_ID": "acme"]
        let manager = try await Samples.manager(variables, log: log)
        let misses = SecretNames.googleNames(for: .development).map {
            "JWT secret is not in GCP Secret Manager secret \($0) of project acme"
        }
        #expect(log.messages.prefix(3) == misses[...])
        #expect(log.lines.prefix(3).allSatisfy { $0.metadata["reason"] == "this build has no such store" })
        #expect(log.messages.dropFirst(3).first == "Could not load JWT secret from any GCP Secret Manager secret")
        #expect(log.lines[3].metadata["reason"] == "this build has no such store")
        #expect(manager.ring.source == "the development fallback")
        let reasons = manager.diagnostics().sources.filter { $0.name.hasPrefix("GCP") }.map(\.reason)
        #expect(reasons == Array(repeating: "this build has no such store", count: 3))

        let required = CapturedLog()
        await #expect(throws: SecretError.self) {
            _ = try await Samples.manager(["ENVIRONMENT": "prod", "GCP_PROJECT_ID": "acme"], log: required)
        }
        #expect(
            required.messages.dropFirst(3) == [
                "Could not load JWT secret from any GCP Secret Manager secret",
                "JWT secret is REQUIRED in production environment",
            ])
    }

    @Test("the GCP names are asked in order, and not at all while a variable is set")
    func googleNames() async throws {
        let stores = SecretStores { reference in
            guard case .gcp("acme", let name, nil) = reference else { return nil }
            let value = name == "jwt-secret-staging" ? nil : SecretBytes(utf8: Samples.first)
            return LiteralSource(label: name, value: value)
        }
        let variables = ["ENVIRONMENT": "staging", "GCP_PROJECT_ID": "acme"]
        let manager = try await Samples.manager(variables, stores: stores)
        #expect(manager.ring.source == "GCP Secret Manager secret jwt-secret-key of project acme")

        let log = CapturedLog()
        let served = try await Samples.manager(
            variables.merging(["JWT_SECRET": Samples.second]) { $1 }, log: log, stores: stores)
        #expect(served.ring.source == "environment variable JWT_SECRET")
        #expect(log.lines.count == 1)
        let reasons = served.diagnostics().sources.filter { $0.name.hasPrefix("GCP") }.compactMap(\.reason)
        #expect(reasons == Array(repeating: "not asked: a name before it is set", count: 3))
    }
}
