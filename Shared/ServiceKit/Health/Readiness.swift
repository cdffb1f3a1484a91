import Synchronization

/// What a service's `/ready` is made of. Checks are named; one that is not ready makes the service not ready.
package final class Readiness: Sendable {
    package enum Status: Sendable, Equatable {
        case ready
        /// Ready, with something to say, e.g. `agreement: unconfirmed`.
        case warning(code: String, detail: String)
        /// Stable code, e.g. `key_disagreement`, `database_unreachable`, `starting`, `draining`.
        case notReady(code: String, detail: String)
    }

    private let state: Mutex<[(name: String, status: Status)]>

    /// - Parameter checks: each is `starting` until it is set.
    package init(checks: [String]) {
        state = Mutex(checks.map { ($0, .notReady(code: "starting", detail: "not checked yet")) })
    }

    /// A name that `init` did not list joins at the end.
    package func set(_ check: String, _ status: Status) {
        state.withLock { checks in
            if let index = checks.firstIndex(where: { $0.name == check }) {
                checks[index].status = status
            } else {
                checks.append((check, status))
            }
        }
    }

    package var isReady: Bool {
        state.withLock { checks in
            checks.allSatisfy { check in
                if case .notReady = check.status { false } else { true }
            }
        }
    }

    /// In the order they were named.
    package var checks: [(name: String, status: Status)] {
        state.withLock { $0 }
    }
}
