import Secrets
import TestSupport
import Testing

@testable import SecretStores

extension SourceUnderTest {
    static var aws: SourceUnderTest {
        var subject = SourceUnderTest(name: "AWS Secrets Manager") { bytes in try await held(holding(bytes)) }
        // AWS takes no value of no bytes.
        subject.takesEmptyValues = false
        subject.denied = {
            let fake = holding(Array(AWSTestBench.first.utf8))
            fake.change { $0.denied = ["GetSecretValue"] }
            return try await held(fake)
        }
        subject.unreachable = {
            let server = try await UpstreamServer.start { _ in .close }
            return HeldAWSStore(server: server, store: AWSTestBench.store(server.url))
        }
        subject.slow = {
            let server = try await UpstreamServer.start { _ in .silence }
            return HeldAWSStore(server: server, store: AWSTestBench.store(server.url))
        }
        subject.malformed = {
            let server = try await UpstreamServer.start { _ in .json("<html>") }
            return HeldAWSStore(server: server, store: AWSTestBench.store(server.url))
        }
        subject.changing = { bytes in
            let fake = holding(bytes)
            return (
                try await held(fake),
                { bytes in
                    fake.change { state in
                        // Without AWSPREVIOUS: a change that leaves it is told in `AWSSecretStoreTests`.
                        state.versions = bytes.map { ["changed-\($0.count)": version($0)] }
                    }
                }
            )
        }
        subject.writable = { try await held(SecretsManagerFake()) }
        return subject
    }

    private static func holding(_ bytes: [UInt8]?) -> SecretsManagerFake {
        let fake = SecretsManagerFake()
        fake.change { $0.versions = bytes.map { ["first": version($0)] } }
        return fake
    }

    private static func version(_ bytes: [UInt8]) -> SecretsManagerFake.Version {
        if let text = String(validating: bytes, as: UTF8.self) { return .init(string: text, labels: ["AWSCURRENT"]) }
        return .init(binary: Base64.encode(bytes), labels: ["AWSCURRENT"])
    }

    private static func held(_ fake: SecretsManagerFake) async throws -> HeldAWSStore {
        let server = try await UpstreamServer.start { fake.handle($0) }
        return HeldAWSStore(server: server, store: AWSTestBench.store(server.url))
    }
}

@Suite("AWS Secrets Manager, as every source")
struct AWSConformanceTests {
    @Test("keeps what the chain relies on", arguments: SourceCheck.all(of: [.aws]))
    func conforms(_ one: SourceCheck.Pair) async throws {
        #expect(try await one.findings() == [])
    }
}
