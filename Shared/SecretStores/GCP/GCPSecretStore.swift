package import Logging
package import Secrets

/// `gcp://PROJECT/NAME[@VERSION]`: a secret of Google's Secret Manager; the next and the previous key of a raw one are
/// the secrets `NAME_NEXT` and `NAME_PREVIOUS`. The revision is made of the versions' numbers.
///
/// Each reading resolves `latest` to a number once and accesses the version by that number, since only that is strongly
/// consistent. A version that was named is read as it is named, and stands alone.
///
/// Secret Manager compares nothing when a version is added. Writers of ours take turns by a lease in an annotation of
/// NAME, taken by its etag, which is compared; identities that may add versions and not change the secret go without it,
/// as do other tools. A version number that is not the one after the number replaced then shows that somebody was
/// faster, when it has happened. The lease of the fleet's keeper guards against that; whoever writes without one should
/// be alone.
///
/// An identity that may read NAME and not its companions is served NAME alone: Google answers the same for a secret that
/// does not exist and for one that may not be seen.
package struct GCPSecretStore: WritableSecretStore {
    let project: String
    let name: String
    let version: String?
    let access: Access
    let logger: Logger
    let seen = GCPSeenNumbers()
    private let mentions = Mentions()

    enum Access: Sendable {
        case manager(GCPSecretManager, GCPWriteLease)
        /// A setting makes any call impossible.
        case refused(GCPFault)
    }

    package var label: String { StoreReference.gcp(project: project, name: name, version: version).label }

    /// Asks nobody yet. What is wrong with the settings is answered by `read`.
    /// - Parameters:
    ///   - variables: `CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER`; credentials as `GCPCredential` lists them.
    ///   - now: seconds since the epoch.
    ///   - token: what no other writer has: the owner of a lease.
    package static func open(
        project: String, name: String, version: String?, variables: [String: String], client: StoreClient,
        logger: Logger, now: @escaping @Sendable () -> Int64 = EpochSeconds.now,
        token: @escaping @Sendable () -> String = { String(UInt64.random(in: .min ... .max), radix: 36) }
    ) -> GCPSecretStore {
        let access: Access
        do throws(GCPFault) {
            guard GCPSettings.isProject(project) else {
                throw .unavailable(reason: "the project's name has characters that no project has")
            }
            guard GCPSettings.isSecretName(name) else {
                throw .unavailable(
                    reason: "the secret's name may hold letters, digits, hyphens and underscores, at most 255 of them")
            }
            guard version.map({ GCPSettings.isName($0, with: "-_", upTo: 63) }) ?? true else {
                throw .unavailable(reason: "the version is no number, alias or latest")
            }
            let service = try GCPService("secretmanager", variables: variables, client: client, now: now)
            let manager = GCPSecretManager(project: project, service: service)
            access = .manager(manager, GCPWriteLease(manager: manager, name: name, now: now, token: token))
        } catch {
            access = .refused(error)
        }
        return GCPSecretStore(project: project, name: name, version: version, access: access, logger: logger)
    }

    /// Whether one version is meant, whatever becomes the latest.
    var isPinned: Bool { version != nil && version != "latest" }

    package func read() async -> SourceReading {
        do throws(GCPFault) {
            // A rotation may go on between the requests; `NamesLayout` makes that visible in NAME's number.
            for _ in 0..<3 {
                let state = try await state(withCompanionsOfRing: false)
                guard !state.isAlone else { return state.reading }
                guard case .version(let again) = try await latest(name),
                    again.number == state.versions[.current]?.number
                else { continue }
                return state.reading
            }
            return .unavailable(reason: "it was written to while it was read")
        } catch {
            switch error {
            case .denied(let reason): return .denied(reason: reason)
            case .unavailable(let reason): return .unavailable(reason: reason)
            }
        }
    }

    func name(_ slot: NamesLayout.Slot) -> String {
        switch slot {
        case .current: name
        case .next: name + "_NEXT"
        case .previous: name + "_PREVIOUS"
        }
    }

    /// What lies under the three names.
    /// - Parameter withCompanionsOfRing: also where a reader would not look at them.
    func state(withCompanionsOfRing: Bool) async throws(GCPFault) -> GCPStoreState {
        var state = GCPStoreState()
        switch try await current() {
        case .version(let version): state.versions[.current] = version
        case .none(let reason), .disabled(let reason): state.absence = reason
        }
        if !withCompanionsOfRing, isPinned || state.versions[.current]?.value.beginsLikeRing ?? true {
            state.isAlone = true
            return state
        }
        for slot in [NamesLayout.Slot.next, .previous] {
            do throws(GCPFault) {
                guard case .version(let version) = try await latest(name(slot)), !version.value.isBlank else {
                    continue
                }
                state.versions[slot] = version
            } catch .denied(let reason) where !withCompanionsOfRing {
                if mentions.isFirst(name(slot)) {
                    logger.notice(
                        "a companion of the secret can't be read, if it is there, and is taken as absent",
                        metadata: ["companion": "\(name(slot))", "reason": "\(reason)"])
                }
            } catch {
                throw error
            }
        }
        return state
    }

    private func current() async throws(GCPFault) -> GCPSecretManager.Look {
        guard let version, isPinned else { return try await latest(name) }
        let look = try await manager().access(name, version)
        // An alias moves like `latest` does.
        guard case .version(let found) = look, String(found.number) != version else { return look }
        return try await manager().access(name, String(found.number))
    }

    /// The latest version, by its number.
    private func latest(_ name: String) async throws(GCPFault) -> GCPSecretManager.Look {
        let manager = try manager()
        let look = try await manager.access(name, "latest")
        guard case .version(let found) = look else { return look }
        let number = seen.newest(of: name, seeing: found.number)
        let read = try await manager.access(name, String(number))
        guard case .none = read, number != found.number else { return read }
        seen.restart(name, at: found.number)
        return try await manager.access(name, String(found.number))
    }

    func manager() throws(GCPFault) -> GCPSecretManager {
        switch access {
        case .manager(let manager, _): return manager
        case .refused(let fault): throw fault
        }
    }
}

/// What one look found under the three names.
struct GCPStoreState: Sendable {
    var versions: [NamesLayout.Slot: GCPSecretManager.Version] = [:]
    /// Why nothing lies under NAME.
    var absence = ""
    /// Whether the companions were not looked at.
    var isAlone = false

    var stored: StoredSecret? {
        versions[.current].map {
            StoredSecret(current: $0.value, next: versions[.next]?.value, previous: versions[.previous]?.value)
        }
    }

    /// As `7`, or `7 next=2 previous=5`.
    var revision: String? {
        guard let current = versions[.current] else { return nil }
        var text = String(current.number)
        if let next = versions[.next], !isAlone { text += " next=\(next.number)" }
        if let previous = versions[.previous], !isAlone { text += " previous=\(previous.number)" }
        return text
    }

    var reading: SourceReading {
        guard let current = versions[.current], let stored, let revision else { return .absent(reason: absence) }
        guard !isAlone, stored.next != nil || stored.previous != nil else {
            return .found(current.value, revision: revision)
        }
        return .staged(stored, revision: revision)
    }
}
