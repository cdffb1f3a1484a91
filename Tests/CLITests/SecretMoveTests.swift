import Foundation
import Secrets
import Synchronization
import TestSupport
import Testing

@testable import CLI

/// Commands over stores in memory, one for each reference.
private final class Desk: Sendable {
    let trial: Trial
    private let stores = Mutex<[StoreReference: MemoryStore]>([:])

    init(_ variables: [String: String] = ["ENVIRONMENT": "production"], files: [String: String] = [:]) throws {
        trial = try Trial(variables, files: files)
    }

    func store(_ text: String) throws -> MemoryStore { store(try StoreReference.parse(text)) }

    private func store(_ reference: StoreReference) -> MemoryStore {
        stores.withLock { stores in
            if let store = stores[reference] { return store }
            let store = MemoryStore(label: reference.label)
            stores[reference] = store
            return store
        }
    }

    func run(_ arguments: String..., input: String = "") async -> Trial.Answer {
        await trial.run(arguments, input: input, stores: SecretStores { self.store($0) })
    }
}

private func held(_ store: MemoryStore) async -> String? {
    await store.read().current.map { String(decoding: $0, as: UTF8.self) }
}

private let first = "aws://eu-central-1/jwt"
private let second = "aws://us-east-1/jwt"
private let kid = KeyID.derived(from: SecretBytes(utf8: Samples.secret)).rawValue

@Suite("lockstep secret copy, put, compare and replicate")
struct SecretMoveTests {
    @Test("copy writes, reads back, and shows kids alone")
    func copies() async throws {
        let desk = try Desk(["ENVIRONMENT": "production", "JWT_SECRET": Samples.secret])
        let answer = await desk.run("secret", "copy", "env:JWT_SECRET", first)
        #expect(answer.status == 0)
        #expect(await held(try desk.store(first)) == Samples.secret)
        #expect(answer.text.contains("\(kid) current"))
        #expect(!answer.text.contains(Samples.secret))
        #expect(await desk.run("secret", "copy", "env:JWT_SECRET", first).out.last?.contains("already") == true)
    }

    @Test("another secret is kept without --replace")
    func kept() async throws {
        let desk = try Desk()
        try desk.store(first).put(utf8: Samples.secret)
        try desk.store(second).put(utf8: Samples.other)
        let refused = await desk.run("secret", "copy", first, second)
        #expect(refused.status == 78)
        #expect(await held(try desk.store(second)) == Samples.other)
        #expect(await desk.run("secret", "copy", first, second, "--replace").status == 0)
        #expect(await held(try desk.store(second)) == Samples.secret)
    }

    @Test("a write that does not stay is found out by reading back")
    func readBack() async throws {
        let desk = try Desk(["ENVIRONMENT": "production", "JWT_SECRET": Samples.secret])
        try desk.store(first).put(utf8: Samples.other)
        try desk.store(first).forgetWrites()
        let answer = await desk.run("secret", "copy", "env:JWT_SECRET", first, "--replace")
        #expect(answer.status == 69)
        #expect(answer.err.last?.contains("read back") == true)
    }

    @Test("replicate goes on where one store fails, and exits as it failed")
    func replicates() async throws {
        let desk = try Desk()
        try desk.store(first).put(utf8: Samples.secret)
        try desk.store(second).refuseWrites(.denied(reason: "403"))
        let third = "gcp://acme/jwt"
        let answer = await desk.run("secret", "replicate", first, second, third)
        #expect(answer.status == 69)
        #expect(await held(try desk.store(third)) == Samples.secret)
        #expect(await held(try desk.store(second)) == nil)
        #expect(answer.err.contains { $0.contains("403") })
        try desk.store(second).refuseWrites(nil)
        #expect(await desk.run("secret", "replicate", first, second, third).status == 0)
    }

    @Test("put takes a secret from standard input or a file, without its line end")
    func puts() async throws {
        let desk = try Desk(files: ["ring": Samples.other + "\n"])
        #expect(await desk.run("secret", "put", first, "--from-stdin", input: Samples.secret + "\n").status == 0)
        #expect(await held(try desk.store(first)) == Samples.secret)
        #expect(await desk.run("secret", "put", second, "--file", "ring").status == 0)
        #expect(await held(try desk.store(second)) == Samples.other)
        #expect(await desk.run("secret", "put", first).status == 64)
    }

    @Test(
        "put refuses what no service of that environment would start on, and writes nothing",
        arguments: [
            "tiny-81", "your-secret-key-here-your-secret-key", "{\"keys\":[]}", String(repeating: "z", count: 48), "\n",
        ])
    func refuses(value: String) async throws {
        let desk = try Desk()
        let answer = await desk.run("secret", "put", first, "--from-stdin", input: value)
        #expect(answer.status == 78 || answer.status == 64)
        #expect(await held(try desk.store(first)) == nil)
        #expect(value == "\n" || !answer.text.contains(value))
    }

    @Test("a secret given as a place is not repeated")
    func pasted() async throws {
        let desk = try Desk()
        for command in [
            ["put", Samples.secret], ["copy", Samples.secret, first], ["compare", first, Samples.secret],
        ] {
            let answer = await desk.trial.run(["secret"] + command)
            #expect(answer.status == 64)
            #expect(!answer.text.contains(Samples.secret))
        }
    }

    @Test("compare tells equal from different, also raw from a ring, by exit code and kids")
    func compares() async throws {
        let desk = try Desk()
        try desk.store(first).put(utf8: Samples.secret)
        try desk.store(second).put(utf8: Samples.secret + "\n")
        #expect(await desk.run("secret", "compare", first, second).status == 0)
        let ring =
            #"{"keys":[{"kty":"oct","kid":"a","alg":"HS256","state":"current","k":"\#(Base64URL.encode(Samples.secret.utf8))"}]}"#
        try desk.store(second).put(utf8: ring)
        #expect(await desk.run("secret", "compare", first, second).status == 0)
        try desk.store(second).put(utf8: Samples.other)
        let answer = await desk.run("secret", "compare", first, second, "--format", "json")
        #expect(answer.status == 1)
        #expect(answer.out.joined().contains("\"equal\" : false"))
        #expect(answer.text.contains(kid))
        #expect(!answer.text.contains(Samples.secret) && !answer.text.contains(Samples.other))
        #expect(await desk.run("secret", "compare", first, "gcp://acme/none").status == 66)
    }

    @Test("weak values are compared without a kid")
    func weak() async throws {
        let desk = try Desk()
        let value = String(repeating: "z", count: 48)
        try desk.store(first).put(utf8: value)
        try desk.store(second).put(utf8: value)
        let answer = await desk.run("secret", "compare", first, second)
        #expect(answer.status == 0)
        #expect(answer.text.contains("withheld"))
        #expect(!answer.text.contains(KeyID.derived(from: SecretBytes(utf8: value)).rawValue))
        try desk.store(second).put(utf8: "too short")
        #expect(await desk.run("secret", "compare", first, second).status == 1)
    }

    @Test("two environments that share a key are warned of, with exit 1; apart they are exit 0")
    func environments() async throws {
        let shared = try Desk([:], files: [".env": "JWT_SECRET=\(Samples.secret)\n"])
        let answer = await shared.run("secret", "compare", "--env", "staging", "--env", "production")
        #expect(answer.status == 1)
        #expect(answer.err.contains { $0.contains("staging and production share a key") })
        let apart = try Desk(
            [:], files: ["staging.env": "JWT_SECRET=\(Samples.secret)\n", ".env": "JWT_SECRET=\(Samples.other)\n"])
        #expect(await apart.run("secret", "compare", "--env", "staging=staging.env", "--env", "production").status == 0)
    }
}
