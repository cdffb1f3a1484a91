import Synchronization

/// Lets one of those who need the same thing go for it, while the others wait.
final class Renewals: Sendable {
    private let waiting = Mutex<[String: [CheckedContinuation<Void, Never>]]>([:])

    /// - Returns: true for whoever goes, and says so with `end`; false, once they have ended, for those who came
    ///   meanwhile. Nobody waits for longer than the first one's work takes.
    func lead(_ key: String) async -> Bool {
        let leads = waiting.withLock { waiting in
            guard waiting[key] == nil else { return false }
            waiting[key] = []
            return true
        }
        if leads { return true }
        await withCheckedContinuation { continuation in
            let hasEnded = waiting.withLock { waiting in
                guard waiting[key] != nil else { return true }
                waiting[key]?.append(continuation)
                return false
            }
            if hasEnded { continuation.resume() }
        }
        return false
    }

    func end(_ key: String) {
        let waited = waiting.withLock { $0.removeValue(forKey: key) ?? [] }
        for continuation in waited { continuation.resume() }
    }
}
