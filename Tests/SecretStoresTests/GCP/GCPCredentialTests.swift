import CryptoExtras
import Foundation
import Secrets
import Synchronization
import TestSupport
import Testing

@testable import SecretStores

@Suite("Who we are at Google", .enabled(if: PythonFake.isAvailable, "needs python3"))
struct GCPCredentialTests {
    private static let secret = "Vn3kQ8xZr1LtYw6BsHd0uJfPmGcA5oEi9TqX7NbKvRy2WzDh"
    private let bench: GCPBench

    init() throws { bench = try GCPBench() }

    /// A folder with a file of that content; gone with the test.
    private func withFile(
        _ content: String, name: String = "credentials.json", _ body: (URL, String) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(content.utf8).write(to: file)
        try await body(folder, file.path)
    }

    private var metadata: [String: String] { ["GCE_METADATA_HOST": String(bench.fake.origin.dropFirst(7))] }

    private var user: String {
        """
        {"type":"authorized_user","client_id":"client","client_secret":"client-secret",
         "refresh_token":"refresh-token","token_uri":"\(bench.fake.origin)/token"}
        """
    }

    private func serviceAccount(_ key: _RSA.Signing.PrivateKey) throws -> String {
        let members: [String: String] = [
            "type": "service_account", "client_email": "robot@acme.example", "private_key_id": "k1",
            "private_key": key.pkcs8PEMRepresentation, "token_uri": bench.fake.origin + "/token",
        ]
        return String(decoding: try JSONEncoder().encode(members), as: UTF8.self)
    }

    private func finds(_ credentials: [String: String]) async -> Bool {
        await bench.store(credentials).read().foundBytes == Array(Self.secret.utf8)
    }

    @Test("a token, the metadata server, a user's file and gcloud's own file lead to the secret")
    func ways() async throws {
        try await bench.plant(Array(Self.secret.utf8))
        #expect(await finds(GCPBench.token))
        #expect(await finds(metadata))
        try await withFile(user) { _, path in
            #expect(await finds(["GOOGLE_APPLICATION_CREDENTIALS": path]))
        }
        try await withFile(user, name: "application_default_credentials.json") { folder, _ in
            #expect(await finds(["CLOUDSDK_CONFIG": folder.path]))
        }
        try await withFile(user, name: ".config/gcloud/application_default_credentials.json") { folder, _ in
            #expect(await finds(["HOME": folder.path]))
        }
    }

    /// The projects that the fake was told to count requests for.
    private func projects() async throws -> Set<String?> {
        let projects = try #require(try await bench.fake.control()["projects"] as? [Any])
        return Set(projects.map { $0 as? String })
    }

    @Test("a user's requests count for the project of the file, unless the environment names another")
    func quotaProject() async throws {
        let billed = user.dropLast() + #","quota_project_id":"from-file"}"#
        try await withFile(String(billed)) { _, path in
            let file = ["GOOGLE_APPLICATION_CREDENTIALS": path]
            for (credentials, project) in [
                (file, "from-file"), (file.merging(["GOOGLE_CLOUD_QUOTA_PROJECT": "named"]) { $1 }, "named"),
                (metadata.merging(["GOOGLE_CLOUD_QUOTA_PROJECT": "named"]) { $1 }, "named"),
                (GCPBench.token.merging(["GOOGLE_CLOUD_QUOTA_PROJECT": "named"]) { $1 }, "named"),
                (metadata, nil), (GCPBench.token, nil),
            ] {
                try await bench.fake.control(#"{"reset":true}"#)
                try await bench.plant(Array(Self.secret.utf8))
                #expect(await finds(credentials))
                #expect(try await projects() == [project])
            }
        }
    }

    @Test("a quota project that is none is named, and becomes no header")
    func badQuotaProject() async throws {
        try await bench.plant(Array(Self.secret.utf8))
        let named = GCPBench.token.merging(["GOOGLE_CLOUD_QUOTA_PROJECT": "a\r\nX-Evil: 1"]) { $1 }
        #expect(await bench.store(named).read().reason?.contains("GOOGLE_CLOUD_QUOTA_PROJECT") == true)
        try await withFile(String(user.dropLast() + #","quota_project_id":"a\r\nX-Evil: 1"}"#)) { _, path in
            let reading = await bench.store(["GOOGLE_APPLICATION_CREDENTIALS": path]).read()
            #expect(reading.reason?.contains("quota_project_id") == true)
            #expect(reading.reason?.contains("Evil") == false)
        }
        #expect(try await projects() == [])
    }

    @Test("a service account's assertion is one that openssl verifies; with another's key there is no token")
    func serviceAccounts() async throws {
        try await bench.plant(Array(Self.secret.utf8))
        let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        let control = ["account": key.publicKey.pemRepresentation]
        try await bench.fake.control(String(decoding: try JSONEncoder().encode(control), as: UTF8.self))
        try await withFile(try serviceAccount(key)) { _, path in
            #expect(await finds(["GOOGLE_APPLICATION_CREDENTIALS": path]))
        }
        try await withFile(try serviceAccount(_RSA.Signing.PrivateKey(keySize: .bits2048))) { _, path in
            guard case .denied = await bench.store(["GOOGLE_APPLICATION_CREDENTIALS": path]).read() else {
                Issue.record("an assertion with another key was taken")
                return
            }
        }
    }

    @Test("switched off, requests carry no credential")
    func off() async throws {
        let reading = await bench.store(
            GCPBench.token.merging(["CLOUDSDK_AUTH_DISABLE_CREDENTIALS": "true"]) { $1 }
        ).read()
        #expect(reading.reason?.contains("401") == true, "\(reading)")
    }

    @Test(
        "files that can't be used are refused with their reason, and nobody is asked",
        arguments: [
            (#"{"type":"external_account","audience":"x"}"#, "workload identity federation"),
            (#"{"type":"impersonated_service_account"}"#, "neither"), ("no JSON", "no JSON"),
            (#"{"type":"service_account","client_email":"a","private_key":"topsecretkey"}"#, "private_key"),
            (#"{"type":"authorized_user","client_id":"a","refresh_token":"topsecretkey"}"#, "lacks"),
            (
                #"{"type":"authorized_user","refresh_token":"topsecretkey","token_uri":"http://tokens.example/token"}"#,
                "no https address"
            ),
        ])
    func refusedFiles(content: String, word: String) async throws {
        try await withFile(content) { _, path in
            guard case .denied(let reason) = await bench.store(["GOOGLE_APPLICATION_CREDENTIALS": path]).read() else {
                Issue.record("expected .denied")
                return
            }
            #expect(reason.contains(word) && !reason.contains("topsecretkey"))
        }
        #expect(try await bench.fake.count("tokens") == 0)
    }

    @Test(
        "no credential goes to an address without TLS, but to this machine",
        arguments: ["http://secrets.example", "http://127.0.0.1.evil.example", "ftp://127.0.0.1"])
    func plainAddress(address: String) async {
        let reading = await bench.store(
            GCPBench.token.merging(["CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER": address]) { $1 }
        ).read()
        #expect(reading.reason?.contains("OVERRIDES_SECRETMANAGER") == true, "\(reading)")
    }

    @Test("a token with characters that would end its header is refused")
    func headerInjection() async {
        let reading = await bench.store(["CLOUDSDK_AUTH_ACCESS_TOKEN": "user-token\r\nX-Evil: 1"]).read()
        #expect(reading.reason?.contains("CLOUDSDK_AUTH_ACCESS_TOKEN") == true)
    }

    @Test("a token from what only stands in the metadata server's place is not used")
    func foreignMetadata() async throws {
        try await bench.plant(Array(Self.secret.utf8))
        let body = #"{\"access_token\":\"user-token\",\"expires_in\":60}"#
        try await bench.fake.control(#"{"fault":{"status":200,"body":"\#(body)","path":"computeMetadata"}}"#)
        let reading = await bench.store(metadata).read()
        #expect(reading.reason?.contains("not Google's") == true, "\(reading)")
    }

    @Test("many readers at once ask for one token; it is renewed ahead of its end, and after it was revoked")
    func renewal() async throws {
        try await bench.plant(Array(Self.secret.utf8))
        let start = EpochSeconds.now()
        let clock = Mutex<Int64>(start)
        let store = bench.store(metadata, now: { clock.withLock { $0 } })
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<10 { group.addTask { await store.read().foundBytes != nil } }
            for await isFound in group { #expect(isFound) }
        }
        #expect(try await bench.fake.count("tokens") == 1)
        clock.withLock { $0 = start + 3_302 }
        #expect(await store.read().foundBytes != nil)
        #expect(try await bench.fake.count("tokens") == 2)
        try await bench.fake.control(#"{"revoke":true}"#)
        #expect(await store.read().foundBytes != nil)
        #expect(try await bench.fake.count("tokens") == 3)
    }

    @Test("nothing of a secret or a credential is in what is logged and answered, whatever goes wrong")
    func nothingShown() async throws {
        try await bench.plant(Array(Self.secret.utf8))
        let log = CapturedLog()
        var text = ""
        let message = #"{\"error\":{\"status\":\"\#(Self.secret)\",\"message\":\"\#(Self.secret)\"}}"#
        let faults = [
            #"{"fault":{"status":403,"body":"\#(Self.secret)","path":"secrets"}}"#,
            #"{"fault":{"status":200,"body":"\#(Self.secret)","path":"secrets"}}"#,
            #"{"fault":{"status":400,"body":"\#(message)","path":"secrets"}}"#,
            #"{"fault":null,"crc":"wrong"}"#, #"{"crc":null,"denied":["jwt_NEXT","jwt_PREVIOUS"]}"#,
        ]
        try await withFile(user) { _, path in
            for fault in faults {
                try await bench.fake.control(fault)
                let store = bench.store(["GOOGLE_APPLICATION_CREDENTIALS": path], logger: log.logger)
                text += "\(await store.read())\n\(store)\n"
                dump(store, to: &text)
                let error = await #expect(throws: StoreWriteError.self) {
                    try await store.write(StoredSecret(current: SecretBytes(utf8: Self.secret)), replacing: "9")
                }
                text += "\(String(describing: error))\n"
            }
        }
        text += log.text
        #expect(text.contains("companion"))
        for word in [Self.secret, Base64.encode(Array(Self.secret.utf8)), "refresh-token", "client-secret", "ya29"] {
            #expect(!text.contains(word))
        }
    }
}
