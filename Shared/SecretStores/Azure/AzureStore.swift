package import Logging
package import Secrets

/// `azure://VAULT/NAME`: a secret of Key Vault; the next and the previous key of a raw one are `NAME-NEXT` and
/// `NAME-PREVIOUS`. The revision is made of the versions' ids.
///
/// Key Vault compares nothing when it is written to: what lies there is looked at before and after a write, and two
/// writers in the same second may still both believe to have won, with one's key lost. Rotation has its lease against
/// that; whoever writes without one should be alone.
///
/// An identity that may read NAME and not its companions is served NAME alone.
package struct AzureStore: WritableSecretStore {
    /// Key Vault's own bound on a value.
    static let maximumBytes = 25_600

    let vault: String
    let name: String
    let access: Access
    let logger: Logger
    private let mentions = Mentions()

    enum Access: Sendable {
        case vault(AzureVault)
        /// A setting makes any call impossible.
        case refused(AzureFault)
    }

    package var label: String { StoreReference.azure(vault: vault, name: name).label }

    /// Asks nobody yet. What is wrong with the settings is answered by `read`.
    /// - Parameters:
    ///   - variables: `AZURE_KEYVAULT_DNS_SUFFIX`, `AZURE_KEYVAULT_URL`; `AZURE_TENANT_ID`, `AZURE_CLIENT_ID`,
    ///     `AZURE_CLIENT_SECRET` or `AZURE_FEDERATED_TOKEN_FILE`, `AZURE_AUTHORITY_HOST`; `IDENTITY_ENDPOINT`,
    ///     `IDENTITY_HEADER`; `AZURE_POD_IDENTITY_AUTHORITY_HOST`.
    ///   - now: seconds of a clock that only goes forward, for the life of tokens.
    package static func open(
        vault: String, name: String, variables: [String: String], client: StoreClient, logger: Logger,
        now: @escaping @Sendable () -> Int64 = SteadySeconds.now
    ) -> AzureStore {
        let access: Access
        do throws(AzureFault) {
            let settings = try AzureSettings(vault: vault, variables: variables)
            guard AzureSettings.isSecretName(name) else {
                throw .unavailable(
                    reason: "the secret's name may hold letters, digits and hyphens, at most 118 of them")
            }
            let session = AzureSession(
                credential: settings.credential, resource: settings.resource, client: client, now: now)
            access = .vault(AzureVault(settings: settings, client: client, session: session))
        } catch {
            access = .refused(error)
        }
        return AzureStore(vault: vault, name: name, access: access, logger: logger)
    }

    func name(_ slot: NamesLayout.Slot) -> String {
        switch slot {
        case .current: name
        case .next: name + "-NEXT"
        case .previous: name + "-PREVIOUS"
        }
    }

    package func read() async -> SourceReading {
        do throws(AzureFault) {
            // A rotation may go on between the requests; `NamesLayout` makes that visible in NAME's version.
            for _ in 0..<3 {
                let state = try await state(withCompanionsOfRing: false)
                guard !state.isAlone else { return state.reading }
                let again = try await version(.current)
                guard again?.id == state.versions[.current]?.id else { continue }
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

    /// What lies under the three names.
    struct State: Sendable {
        var versions: [NamesLayout.Slot: AzureVault.Version] = [:]
        /// Why nothing lies under NAME.
        var absence = ""
        /// Whether the companions were not looked at.
        var isAlone = false

        var stored: StoredSecret? {
            versions[.current].map {
                StoredSecret(current: $0.value, next: versions[.next]?.value, previous: versions[.previous]?.value)
            }
        }

        var reading: SourceReading {
            guard let current = versions[.current], let stored else { return .absent(reason: absence) }
            guard !isAlone, stored.next != nil || stored.previous != nil else {
                return .found(current.value, revision: current.id)
            }
            let ids = NamesLayout.Slot.allCases.map { versions[$0]?.id ?? "-" }
            return .staged(stored, revision: ids.joined(separator: "|"))
        }
    }

    /// - Parameter withCompanionsOfRing: also where a reader would not look at them.
    func state(withCompanionsOfRing: Bool) async throws(AzureFault) -> State {
        var state = State()
        switch try await calls().look(name) {
        case .version(let version): state.versions[.current] = version
        case .none(let reason): state.absence = reason
        }
        if !withCompanionsOfRing, state.versions[.current]?.value.beginsLikeRing ?? true {
            state.isAlone = true
            return state
        }
        for slot in [NamesLayout.Slot.next, .previous] {
            do throws(AzureFault) {
                state.versions[slot] = try await version(slot)
            } catch .denied(let reason) where !withCompanionsOfRing {
                if mentions.isFirst(name(slot)) {
                    logger.warning(
                        "a companion of the secret can't be read and is taken as absent",
                        metadata: ["companion": "\(name(slot))", "reason": "\(reason)"])
                }
            } catch {
                throw error
            }
        }
        return state
    }

    private func version(_ slot: NamesLayout.Slot) async throws(AzureFault) -> AzureVault.Version? {
        guard case .version(let version) = try await calls().look(name(slot)) else { return nil }
        return slot != .current && version.value.isBlank ? nil : version
    }

    func calls() throws(AzureFault) -> AzureVault {
        switch access {
        case .vault(let vault): return vault
        case .refused(let fault): throw fault
        }
    }
}
