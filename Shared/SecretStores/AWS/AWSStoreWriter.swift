package import Secrets

/// Writes to a secret of AWS as compare and set.
///
/// New values go into versions that bear a label of ours, which nobody reads; then the labels that are read move, each
/// only off the version that it was found on. AWS refuses such a move where somebody was faster, so of two writers one
/// is told `changed`, and the other's labels stand.
struct AWSStoreWriter: Sendable {
    let calls: SecretsManagerCalls
    let surroundings: AWSSurroundings

    /// On a version while it is written: one without any label AWS may throw away.
    static let writingLabel = "lockstep-writing"
    /// Bytes; AWS takes no larger value, and no empty one.
    static let sizes = 1...65_536
    /// How often what was written is looked for: AWS may show a change a moment late.
    private static let looks = 4

    func write(_ secret: StoredSecret, replacing revision: String?) async throws(StoreWriteError) -> String {
        try Self.check(secret)
        switch try await mapped({ () async throws(AWSFault) in try await AWSStoreReader(calls: calls).read() }) {
        case .scheduledForDeletion:
            throw .unfit(reason: "the secret is scheduled for deletion; restore it, or use another name")
        case .none:
            guard revision == nil else { throw .changed }
            let token = surroundings.token()
            try await mapped { () async throws(AWSFault) in try await calls.create(secret.current, token: token) }
            try await place(secret, from: SecretStages(current: token), known: [(token, secret.current)])
        case .empty:
            guard revision == nil else { throw .changed }
            // The first value of a secret becomes current by itself, whatever label it is given.
            let token = surroundings.token()
            try await mapped { () async throws(AWSFault) in
                try await calls.put(secret.current, label: nil, token: token)
            }
            try await place(secret, from: SecretStages(current: token), known: [(token, secret.current)])
        case .held(let held):
            guard held.revision == revision else { throw .changed }
            try await place(secret, from: held.stages, known: held.versions)
        }
        return try await found(secret, after: revision)
    }

    /// What `read` would not give back.
    private static func check(_ secret: StoredSecret) throws(StoreWriteError) {
        let beside = [secret.next, secret.previous].compactMap { $0 }
        for value in [secret.current] + beside where !sizes.contains(value.count) {
            throw .unfit(reason: "AWS holds values of 1 to \(sizes.upperBound) bytes, not of \(value.count)")
        }
        if !beside.isEmpty, ([secret.current] + beside).contains(where: AWSStoreReader.isRing) {
            throw .unfit(reason: "a JWK Set stands in AWSCURRENT alone; next and previous values are raw secrets")
        }
        if beside.contains(secret.current) || secret.next != nil && secret.next == secret.previous {
            throw .unfit(reason: "one and the same value can't bear two of AWS's labels")
        }
    }

    private func place(
        _ secret: StoredSecret, from stages: SecretStages, known: [(id: String, value: SecretBytes)]
    ) async throws(StoreWriteError) {
        var target = SecretStages()
        var written: String?
        for (label, value) in [
            (\SecretStages.current, secret.current), (\.pending, secret.next), (\.previous, secret.previous),
        ] {
            guard let value else { continue }
            if let version = known.first(where: { $0.value == value }) {
                target[keyPath: label] = version.id
                continue
            }
            let token = surroundings.token()
            try await mapped { () async throws(AWSFault) in
                try await calls.put(value, label: Self.writingLabel, token: token)
            }
            target[keyPath: label] = token
            written = token
        }
        if AWSStoreReader.isRing(secret.current) {
            // Nobody reads it beside a ring: it stays where AWS leaves it.
            target.previous = target.current == stages.current ? stages.previous : stages.current
        }
        do throws(StoreWriteError) {
            for move in stages.moves(to: target) { try await perform(move) }
        } catch {
            await unlabel(written)
            throw error
        }
        await unlabel(written)
    }

    private func perform(_ move: SecretStages.Move) async throws(StoreWriteError) {
        do throws(AWSFault) {
            try await calls.move(move)
        } catch {
            guard error.kind == .invalidRequest else { throw Self.writeError(error) }
            // Refused: somebody was faster, or the answer to our own first attempt was lost.
            let stages = try await mapped { () async throws(AWSFault) in try await calls.describe().stages }
            guard stages[label: move.label] == move.to else { throw .changed }
        }
    }

    /// A label that stays does no harm: the next write takes it along.
    private func unlabel(_ version: String?) async {
        guard let version else { return }
        try? await calls.move(.init(label: Self.writingLabel, to: nil, from: version))
    }

    private func found(_ secret: StoredSecret, after revision: String?) async throws(StoreWriteError) -> String {
        var look = 1
        while true {
            let finding = try await mapped { () async throws(AWSFault) in try await AWSStoreReader(calls: calls).read()
            }
            let held: AWSStoreReader.Held? = if case .held(let held) = finding { held } else { nil }
            if let held, held.secret == secret { return held.revision }
            guard held?.revision == revision, look < Self.looks else { throw .changed }
            await surroundings.pause(look)
            look += 1
        }
    }

    private func mapped<T>(_ call: () async throws(AWSFault) -> T) async throws(StoreWriteError) -> T {
        do throws(AWSFault) {
            return try await call()
        } catch {
            throw Self.writeError(error)
        }
    }

    static func writeError(_ fault: AWSFault) -> StoreWriteError {
        switch fault.kind {
        case .denied, .expiredCredentials: .denied(reason: fault.reason)
        case .exists, .absent: .changed
        case .invalidRequest: .unfit(reason: fault.reason)
        case .throttled: .unavailable(reason: fault.reason)
        case .other:
            if case .noCredentials(let reason) = fault {
                .denied(reason: reason)
            } else {
                .unavailable(reason: fault.reason)
            }
        }
    }
}

extension AWSSecretStore: WritableSecretStore {
    /// AWSCURRENT, AWSPENDING and AWSPREVIOUS come to stand as `secret` says. AWS moves one label per call: where it
    /// becomes unreachable in between, `unavailable` is thrown with the labels that had moved already in their new
    /// place, and a reader finds each key that signs.
    package func write(_ secret: StoredSecret, replacing revision: String?) async throws(StoreWriteError) -> String {
        switch access {
        case .refused(let reason): throw .denied(reason: reason)
        case .calls(let calls, let surroundings):
            try await AWSStoreWriter(calls: calls, surroundings: surroundings).write(secret, replacing: revision)
        }
    }
}
