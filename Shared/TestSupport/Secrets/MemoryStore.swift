package import Secrets
import Synchronization

/// A store in memory that tests put things into and take down. Passes the conformance suite.
package final class MemoryStore: WritableSecretStore {
    private struct State {
        var stored: StoredSecret?
        var revision = 0
        var outage: SourceReading?
        var reads = 0
        var refusal: StoreWriteError?
        var isForgetful = false
    }

    package let label: String
    private let state: Mutex<State>

    package init(label: String = "a store in memory", _ stored: StoredSecret? = nil) {
        self.label = label
        state = Mutex(State(stored: stored, revision: stored == nil ? 0 : 1))
    }

    package convenience init(label: String = "a store in memory", utf8 text: String) {
        self.init(label: label, StoredSecret(current: SecretBytes(utf8: text)))
    }

    /// How often it was asked.
    package var reads: Int { state.withLock { $0.reads } }

    package func put(_ stored: StoredSecret?) {
        state.withLock { state in
            state.stored = stored
            state.revision += 1
        }
    }

    package func put(utf8 text: String) { put(StoredSecret(current: SecretBytes(utf8: text))) }

    /// What each read answers until it is set to nil: `.unavailable`, `.denied`.
    package func fail(_ reading: SourceReading?) { state.withLock { $0.outage = reading } }

    /// What each write throws until it is set to nil.
    package func refuseWrites(_ error: StoreWriteError?) { state.withLock { $0.refusal = error } }

    /// Writes are answered as done, and nothing is kept: what reading back after a write is there to find.
    package func forgetWrites() { state.withLock { $0.isForgetful = true } }

    package func read() async -> SourceReading {
        state.withLock { state in
            state.reads += 1
            if let outage = state.outage { return outage }
            guard let stored = state.stored else { return .absent(reason: "nothing lies there") }
            let revision = String(state.revision)
            guard stored.next != nil || stored.previous != nil else {
                return .found(stored.current, revision: revision)
            }
            return .staged(stored, revision: revision)
        }
    }

    package func write(_ secret: StoredSecret, replacing revision: String?) async throws(StoreWriteError) -> String {
        let result = state.withLock { state -> Result<String, StoreWriteError> in
            if let refusal = state.refusal { return .failure(refusal) }
            let present = state.stored == nil ? nil : String(state.revision)
            guard present == revision else { return .failure(.changed) }
            if !state.isForgetful { state.stored = secret }
            state.revision += 1
            return .success(String(state.revision))
        }
        return try result.get()
    }
}

extension SecretStores {
    /// Every reference opens the same store.
    package static func of(_ source: any SecretSource) -> SecretStores { SecretStores { _ in source } }
}
