import Secrets
import TestSupport
import Testing

@testable import SecretStores

@Suite("AWS Secrets Manager, read")
struct AWSSecretStoreTests {
    private typealias Bench = AWSTestBench

    @Test("AWSCURRENT, AWSPENDING and AWSPREVIOUS are current, next and previous, and the versions the revision")
    func staged() async throws {
        try await Bench.with { fake, store in
            fake.put(Bench.first, id: "a")
            fake.put(Bench.second, id: "b")
            fake.put(Bench.third, id: "c", labels: ["AWSPENDING"])
            let expected = StoredSecret(
                current: Bench.bytes(Bench.second), next: Bench.bytes(Bench.third),
                previous: Bench.bytes(Bench.first))
            #expect(await store.read() == .staged(expected, revision: "current=b next=c previous=a"))
            #expect(fake.calls == ["DescribeSecret", "GetSecretValue", "GetSecretValue", "GetSecretValue"])
        }
    }

    @Test("AWSPENDING that AWS left on the current version is no next key")
    func pendingIsCurrent() async throws {
        try await Bench.with { fake, store in
            fake.put(Bench.first, id: "a", labels: ["AWSCURRENT", "AWSPENDING"])
            #expect(await store.read() == .found(Bench.bytes(Bench.first), revision: "current=a"))
        }
    }

    @Test("a JWK Set in AWSCURRENT is the whole ring: no other stage is asked for")
    func ring() async throws {
        try await Bench.with { fake, store in
            fake.put(Bench.first, id: "a")
            fake.put(#"{"keys":[]}"#, id: "b")
            fake.put(Bench.third, id: "c", labels: ["AWSPENDING"])
            #expect(await store.read() == .found(Bench.bytes(#"{"keys":[]}"#), revision: "current=b"))
            #expect(fake.calls == ["DescribeSecret", "GetSecretValue"])
        }
    }

    @Test("a JWK Set, or a copy of the current value, under another label is no raw key")
    func noKeysBeside() async throws {
        try await Bench.with { fake, store in
            fake.put(#"{"keys":[]}"#, id: "a")
            fake.put(Bench.second, id: "b")
            fake.put(Bench.second, id: "c", labels: ["AWSPENDING"])
            #expect(await store.read() == .found(Bench.bytes(Bench.second), revision: "current=b"))
        }
    }

    @Test("credentials that may not describe the secret are served by its labels")
    func withoutDescribe() async throws {
        try await Bench.with { fake, store in
            fake.change { $0.denied = ["DescribeSecret"] }
            guard case .absent = await store.read() else {
                Issue.record("expected .absent")
                return
            }
            fake.put(Bench.first, id: "a")
            fake.put(Bench.second, id: "b")
            let expected = StoredSecret(current: Bench.bytes(Bench.second), previous: Bench.bytes(Bench.first))
            #expect(await store.read() == .staged(expected, revision: "current=b previous=a"))
        }
    }

    @Test("a wrong key is denied, and the reason shows nothing of it")
    func wrongKey() async throws {
        let fake = SecretsManagerFake()
        fake.put(Bench.first)
        try await UpstreamServer.with({ fake.handle($0) }) { server in
            let variables = Bench.variables(server.url, key: "another/secret/key/that/is/wrong/EXAMPLE")
            guard case .denied(let reason) = await Bench.store(server.url, variables: variables).read() else {
                Issue.record("expected .denied")
                return
            }
            #expect(reason.contains("signature"))
            #expect(!reason.contains("another") && !reason.contains("told to nobody"))
        }
    }

    @Test(
        "what AWS refuses is denied, absent or unavailable",
        arguments: [
            ("AccessDeniedException", "denied"), ("DecryptionFailure", "denied"),
            ("UnrecognizedClientException", "denied"), ("ExpiredTokenException", "denied"),
            ("ResourceNotFoundException", "absent"), ("InternalServiceError", "unavailable"),
            ("SomethingNew", "unavailable"), ("InvalidRequestException", "unavailable"),
        ])
    func refused(code: String, expected: String) async throws {
        try await Bench.with { fake, store in
            fake.put(Bench.first)
            fake.change { $0.faults = Array(repeating: code, count: 20) }
            let reading = await store.read()
            let (kind, reason) = Self.kind(reading)
            #expect(kind == expected, "\(reading)")
            #expect(!reason.contains("told to nobody"))
        }
    }

    @Test("throttling is waited out, and unavailable where it stays")
    func throttled() async throws {
        try await Bench.with { fake, store in
            fake.put(Bench.first, id: "a")
            fake.change { $0.faults = ["ThrottlingException", "TooManyRequestsException", "Throttling"] }
            #expect(await store.read() == .found(Bench.bytes(Bench.first), revision: "current=a"))
            fake.change { $0.faults = Array(repeating: "ThrottlingException", count: 20) }
            #expect(Self.kind(await store.read()).0 == "unavailable")
            #expect(fake.calls.count == 9, "four attempts, and no fifth")
        }
    }

    @Test("a secret scheduled for deletion, or without a value, is absent, with that reason")
    func deleted() async throws {
        try await Bench.with { fake, store in
            fake.change { $0.versions = [:] }
            #expect(await store.read() == .absent(reason: "the secret has no value yet"))
            fake.put(Bench.first)
            fake.change { $0.isDeleted = true }
            #expect(await store.read() == .absent(reason: "the secret is scheduled for deletion"))
        }
    }

    @Test(
        "settings that allow no call are denied, and no call is made",
        arguments: [
            ["AWS_ENDPOINT_URL": "ftp://x"], ["AWS_ENDPOINT_URL_SECRETS_MANAGER": "http://user@host/"],
            ["AWS_ACCESS_KEY_ID": "only"],
        ])
    func settings(variables: [String: String]) async {
        guard case .denied = await Bench.store("", variables: variables).read() else {
            Issue.record("expected .denied")
            return
        }
    }

    @Test("a region that is none never becomes part of a host", arguments: ["evil.example/", "eu_central", "EU", ""])
    func region(text: String) async {
        let store = AWSSecretStore.open(
            region: text, name: "x", variables: Bench.variables("http://127.0.0.1:1"), client: Bench.client,
            logger: Bench.logger)
        #expect(await store.read() == .denied(reason: "the region is no AWS region"))
    }

    private static func kind(_ reading: SourceReading) -> (String, String) {
        switch reading {
        case .absent(let reason): ("absent", reason)
        case .denied(let reason): ("denied", reason)
        case .unavailable(let reason): ("unavailable", reason)
        default: ("found", "")
        }
    }
}
