import Secrets

/// Turns of writers at one secret: an annotation that names who writes and since when, set by comparing the secret's
/// etag. It is taken off at the end of a write, and ends by itself where the writer died.
struct GCPWriteLease: Sendable {
    static let annotation = "lockstep-writer"
    /// Seconds: longer than all requests of a write may take.
    static let lifetime: Int64 = 120

    let manager: GCPSecretManager
    let name: String
    /// Seconds since the epoch.
    let now: @Sendable () -> Int64
    let token: @Sendable () -> String

    enum Turn: Sendable {
        case ours(Secret)
        /// This identity may not change the secret's annotations.
        case none
        case others
    }

    /// A secret without its value.
    struct Secret: Sendable {
        let etag: String
        let annotations: [(name: String, value: String)]
    }

    /// - Parameter isNew: whether a secret that is not there is made.
    func take(isNew: Bool) async throws(GCPFault) -> Turn {
        let ours = "\(token()) \(now())"
        let response = try await manager.service.call("GET", manager.path(name))
        switch response.status {
        case 200:
            let secret = try Self.secret(response)
            if let held = secret.annotations.first(where: { $0.name == Self.annotation }), !isOver(held.value) {
                return .others
            }
            return try await set(ours, on: secret)
        case 403: return .none
        case 404 where !isNew: return .none
        case 404:
            guard try await manager.create(name, annotations: [(Self.annotation, ours)]) else { return .others }
            let made = try await manager.service.call("GET", manager.path(name))
            return made.status == 200 ? .ours(try Self.secret(made)) : .none
        default: throw GCPService.fault(response)
        }
    }

    /// A lease that stays is over soon.
    func giveBack(_ turn: Turn) async {
        guard case .ours(let secret) = turn else { return }
        _ = try? await set(nil, on: secret)
    }

    private func isOver(_ held: String) -> Bool {
        guard let since = held.split(separator: " ").last.flatMap({ Int64($0) }) else { return true }
        // From a clock that goes ahead of ours by more than that, it would never end.
        return now() - since > Self.lifetime || since - now() > Self.lifetime
    }

    private func set(_ value: String?, on secret: Secret) async throws(GCPFault) -> Turn {
        let annotations =
            secret.annotations.filter { $0.name != Self.annotation }
            + (value.map { [(name: Self.annotation, value: $0)] } ?? [])
        let body = JSONText.object([
            ("name", JSONText.string(manager.path(name))), ("etag", JSONText.string(secret.etag)),
            (
                "annotations",
                JSONText.object(annotations.map { (name: Array($0.name.utf8), value: JSONText.string($0.value)) })
            ),
        ])
        let response = try await manager.service.call(
            "PATCH", manager.path(name) + "?updateMask=annotations", body, isRepeatable: false)
        switch response.status {
        case 200: return .ours(try Self.secret(response))
        case 403: return .none
        // The etag is another one (FAILED_PRECONDITION, or ABORTED).
        case 400, 409: return .others
        default: throw GCPService.fault(response)
        }
    }

    private static func secret(_ response: StoreResponse) throws(GCPFault) -> Secret {
        let json = try GCPService.json(response)
        guard let etag = json.member(json.root, "etag").flatMap(json.string) else {
            throw .unavailable(reason: "the answer of Secret Manager holds no etag")
        }
        var annotations: [(name: String, value: String)] = []
        if let object = json.member(json.root, "annotations"), json.kind(object) == .object {
            for (name, value) in json.members(object) {
                guard let name = json.string(name), let value = json.string(value) else { continue }
                annotations.append((name: name, value: value))
            }
        }
        return Secret(etag: etag, annotations: annotations)
    }
}
