import Synchronization

/// What sets of roles may do at the plant, as it told a moment ago: a page that offers something asks no further question.
///
/// The plant's answer follows from the roles of a token alone (`RoleBook`), and a portal issues tokens of one kind, so one
/// visitor's answer is every visitor's with the same roles. One question is under way for each set; a failure is shared by
/// those who waited for it, and not kept.
final class PermissionCache: Sendable {
    /// Seconds: for so long a page may offer what the plant refuses, or not yet offer what it allows.
    static let lifetime: Int64 = 30
    /// Sets of roles; the oldest answer makes room.
    static let maximum = 256

    private typealias Outcome = Result<PlantPermissions, PlantFailure>

    private struct Entry {
        var permissions: PlantPermissions
        /// Seconds since the epoch: when the question was asked.
        var at: Int64
    }

    private struct State {
        var entries: [Set<String>: Entry] = [:]
        var underWay: [Set<String>: Task<Outcome, Never>] = [:]
    }

    private let state = Mutex(State())

    /// Sets whose answers are kept.
    var count: Int { state.withLock { $0.entries.count } }

    /// - Parameters:
    ///   - roles: of the token that `ask` sends.
    ///   - now: seconds since the epoch.
    func permissions(
        of roles: Set<String>, now: Int64,
        ask: @escaping @Sendable () async throws(PlantFailure) -> PlantPermissions
    ) async throws(PlantFailure) -> PlantPermissions {
        switch next(roles, now, ask) {
        case .kept(let permissions): return permissions
        case .wait(let task, let isOwn):
            let outcome = await task.value
            // What was refused to one visitor says nothing of another.
            if !isOwn, case .failure(let failure) = outcome, failure.concernsVisitor { return try await ask() }
            return try outcome.get()
        }
    }

    /// The last answer, however old; nil: there was none yet.
    func last(of roles: Set<String>) -> PlantPermissions? { state.withLock { $0.entries[roles]?.permissions } }

    /// Asks where the last answer is not fresh, and waits for nothing.
    func renew(
        _ roles: Set<String>, now: Int64, ask: @escaping @Sendable () async throws(PlantFailure) -> PlantPermissions
    ) { _ = next(roles, now, ask) }

    private enum Next {
        case kept(PlantPermissions)
        case wait(Task<Outcome, Never>, isOwn: Bool)
    }

    private func next(
        _ roles: Set<String>, _ now: Int64,
        _ ask: @escaping @Sendable () async throws(PlantFailure) -> PlantPermissions
    ) -> Next {
        state.withLock { state in
            // A clock that was set back makes no answer young.
            if let entry = state.entries[roles], entry.at <= now, now - entry.at < Self.lifetime {
                return .kept(entry.permissions)
            }
            if let task = state.underWay[roles] { return .wait(task, isOwn: false) }
            // The question belongs to nobody: others wait for its answer too when the page that asked it is given up.
            // It ends with the deadline of `PlantAPI`.
            let task = Task { await self.answer(roles, now, ask) }
            state.underWay[roles] = task
            return .wait(task, isOwn: true)
        }
    }

    private func answer(
        _ roles: Set<String>, _ now: Int64, _ ask: () async throws(PlantFailure) -> PlantPermissions
    ) async -> Outcome {
        let outcome: Outcome
        do throws(PlantFailure) { outcome = .success(try await ask()) } catch { outcome = .failure(error) }
        state.withLock { state in
            state.underWay[roles] = nil
            guard case .success(let permissions) = outcome else { return }
            if state.entries.count >= Self.maximum, state.entries[roles] == nil {
                let oldest = state.entries.min { $0.value.at < $1.value.at }
                if let oldest { state.entries[oldest.key] = nil }
            }
            state.entries[roles] = Entry(permissions: permissions, at: now)
        }
        return outcome
    }
}

extension PlantFailure {
    /// It was this token that was refused, or its owner.
    fileprivate var concernsVisitor: Bool {
        switch self {
        case .tokenRefused, .forbidden: true
        case .notFound, .conflict, .sentBefore, .invalid, .busy, .unavailable, .broken, .outcomeUnknown, .unreachable,
            .unreadable:
            false
        }
    }
}
