import Secrets

/// One look at a secret of AWS: its labels, then the versions that bear them.
struct AWSStoreReader: Sendable {
    let calls: SecretsManagerCalls

    enum Finding: Sendable {
        case held(Held)
        /// The secret is there, and holds no value yet.
        case empty
        case scheduledForDeletion
        case none
    }

    struct Held: Sendable {
        var stages: SecretStages
        var secret: StoredSecret

        var versions: [(id: String, value: SecretBytes)] {
            [(stages.current, secret.current), (stages.next, secret.next), (stages.retired, secret.previous)]
                .compactMap { id, value in
                    guard let id, let value else { return nil }
                    return (id, value)
                }
        }

        /// The versions that the value came from.
        var revision: String {
            [("current", stages.current), ("next", stages.next), ("previous", stages.retired)]
                .filter { $0.0 != "next" || secret.next != nil }
                .filter { $0.0 != "previous" || secret.previous != nil }
                .compactMap { name, id in id.map { "\(name)=\($0)" } }
                .joined(separator: " ")
        }
    }

    func read() async throws(AWSFault) -> Finding {
        let description: SecretsManagerCalls.Description
        do throws(AWSFault) {
            description = try await calls.describe()
        } catch {
            switch error {
            case .refused("AccessDeniedException", _), .refused("AccessDenied", _): return try await readByLabel()
            case _ where error.kind == .absent: return .none
            default: throw error
            }
        }
        guard !description.isScheduledForDeletion else { return .scheduledForDeletion }
        guard let current = description.stages.current else { return .empty }
        return .held(
            try await held(try await value(of: current), stages: description.stages) { id throws(AWSFault) in
                try await value(of: id)
            })
    }

    private func value(of id: String) async throws(AWSFault) -> SecretBytes {
        do throws(AWSFault) {
            return try await calls.value(version: id).value
        } catch {
            guard error.kind == .absent else { throw error }
            throw .unavailable(reason: "a version went away while it was read")
        }
    }

    /// A change between the calls shows in the versions' ids: what became current meanwhile is not next any more.
    private func readByLabel() async throws(AWSFault) -> Finding {
        guard let current = try await version(SecretStages.currentLabel) else { return .none }
        var stages = SecretStages(current: current.id)
        guard !Self.isRing(current.value) else {
            return .held(Held(stages: stages, secret: StoredSecret(current: current.value)))
        }
        let pending = try await version(SecretStages.pendingLabel)
        let previous = try await version(SecretStages.previousLabel)
        stages.pending = pending?.id
        stages.previous = previous?.id
        let values = [pending, previous].compactMap { $0 }
        return .held(
            try await held(current.value, stages: stages) { id throws(AWSFault) in
                values.first { $0.id == id }?.value
            })
    }

    private func version(_ label: String) async throws(AWSFault) -> SecretsManagerCalls.Version? {
        do throws(AWSFault) {
            return try await calls.value(label: label)
        } catch {
            guard error.kind == .absent else { throw error }
            return nil
        }
    }

    /// A ring, or a copy of the current value, under another label is neither a next nor a previous raw key.
    private func held(
        _ current: SecretBytes, stages: SecretStages, _ value: (String) async throws(AWSFault) -> SecretBytes?
    ) async throws(AWSFault) -> Held {
        var held = Held(stages: stages, secret: StoredSecret(current: current))
        guard !Self.isRing(current) else { return held }
        if let id = stages.next, let next = try await value(id), !Self.isRing(next), next != current {
            held.secret.next = next
        }
        if let id = stages.retired, let previous = try await value(id), !Self.isRing(previous), previous != current {
            held.secret.previous = previous
        }
        return held
    }

    /// A JWK Set is a JSON object.
    static func isRing(_ secret: SecretBytes) -> Bool {
        secret.withUnsafeBytes { $0.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == UInt8(ascii: "{") }
    }
}

extension AWSStoreReader.Finding {
    var reading: SourceReading {
        switch self {
        case .held(let held):
            held.secret.next == nil && held.secret.previous == nil
                ? .found(held.secret.current, revision: held.revision)
                : .staged(held.secret, revision: held.revision)
        case .empty: .absent(reason: "the secret has no value yet")
        case .scheduledForDeletion: .absent(reason: "the secret is scheduled for deletion")
        case .none: .absent(reason: "AWS has no secret of that name there")
        }
    }
}
