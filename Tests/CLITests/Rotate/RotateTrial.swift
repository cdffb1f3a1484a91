import Foundation
import Secrets
import TestSupport

@testable import CLI

/// `lockstep rotate` over a store in memory and a keeper in this process.
struct RotateTrial: Sendable {
    static let place = "aws://eu-central-1/jwt"

    let store: MemoryStore
    let keeper: FakeKeeper
    let url: String
    /// What the store held when it began.
    let raw: String

    static func with(
        _ raw: String = Samples.secret, _ body: @Sendable (RotateTrial) async throws -> Void
    ) async throws {
        let keeper = FakeKeeper()
        let store = MemoryStore(label: "aws eu-central-1 jwt", utf8: raw)
        try await keeper.follow(store)
        try await UpstreamServer.with({ keeper.answer($0) }) { server in
            try await body(RotateTrial(store: store, keeper: keeper, url: server.url, raw: raw))
        }
    }

    /// - Parameters:
    ///   - variables: beside the least; an empty value takes one away.
    ///   - typed: at the terminal; nil: there is none.
    func run(
        _ arguments: [String], variables extra: [String: String] = [:], typed: String? = nil
    ) async throws -> Trial.Answer {
        let variables = [
            "ENVIRONMENT": "production", "JWT_SECRET_STORE": Self.place, "PORTAL_URLS": url,
            "LOCKSTEP_INTERNAL_TOKEN": FakeKeeper.internalToken, "USER": "ada",
        ].merging(extra) { $1 }.filter { !$0.value.isEmpty }
        return try await Trial(variables).run(["rotate"] + arguments, stores: .of(store), typed: typed)
    }

    var document: RingDocument {
        get async throws {
            let stored: StoredSecret? =
                switch await store.read() {
                case .found(let bytes, _): StoredSecret(current: bytes)
                case .staged(let found, _): found
                default: nil
                }
            guard let stored else { throw Nothing() }
            return try RingDocument(stored, algorithm: .hs256, environment: .production, label: "store")
        }
    }

    struct Nothing: Error {}

    /// One state for each key that lies in the store.
    var states: [String] {
        get async throws { try await document.keys.map(\.state.rawValue).sorted() }
    }

    /// Neither the store nor the keeper's record has changed, and no lease is left.
    func isUntouched() async -> Bool {
        guard case .found(let bytes, "1") = await store.read() else { return false }
        return bytes == SecretBytes(utf8: raw) && keeper.record == nil && !keeper.isLeased
    }
}

extension Trial.Answer {
    /// The one JSON object on standard output.
    var object: [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(out.joined(separator: "\n").utf8))) as? [String: Any] ?? [:]
    }
}
