/// What administrators do with accounts.
struct PeopleService: Sendable {
    let store: PeopleStore
    /// Whether mails leave this portal.
    let canSend: Bool
    let entropy: Entropy

    /// Bytes of a search that are looked for.
    static let longestSearch = 100

    enum Failure: Error, Equatable, Sendable { case noMail }

    func list(for actorID: String, search: String, limit: Int, offset: Int) async throws
        -> (people: [PeopleStore.Person], total: Int)
    {
        try await store.list(
            for: actorID, search: BoundedText.line(search, maximumBytes: Self.longestSearch), limit: limit,
            offset: offset)
    }

    func find(_ id: String, for actorID: String) async throws -> PeopleStore.Person {
        try await store.find(id, for: actorID)
    }

    /// - Parameter version: the account's that the actor has seen; nil where it does not matter.
    func act(
        _ act: PeopleAct, on targetID: String, by actorID: String, version: Int64?, caller: Caller, now: Int64
    ) async throws -> PeopleStore.Person {
        if act == .sendReset, !canSend { throw Failure.noMail }
        do {
            return try await store.change(
                PeopleStore.Change(
                    act: act, actorID: actorID, targetID: targetID, version: version,
                    token: OpaqueToken(.link, entropy: entropy),
                    event: { [entropy] kind, detail in
                        AuditEvent(
                            kind, .success, actor: actorID, subject: targetID, detail: detail, caller: caller,
                            entropy: entropy, now: now)
                    }), now: now)
        } catch let fault as PeopleStore.Fault {
            try await record(fault, act, targetID, actorID, caller, now)
            throw fault
        }
    }

    /// What the rules forbid is remembered; what was overtaken or never was, is not.
    private func record(
        _ fault: PeopleStore.Fault, _ act: PeopleAct, _ targetID: String, _ actorID: String, _ caller: Caller,
        _ now: Int64
    ) async throws {
        switch fault {
        case .unknown, .changedMeanwhile, .noSecondFactor: return
        case .rules, .lastSuperAdmin:
            try await store.record(
                AuditEvent(
                    .peopleRefused, .failure, actor: actorID,
                    subject: BoundedText.line(targetID, maximumBytes: 128), detail: "\(act.name): \(fault)",
                    caller: caller, entropy: entropy, now: now))
        }
    }
}
