package import Logging
package import Secrets

/// `vault://MOUNT/PATH#FIELD`: a field of a secret in a KV engine of version 2.
///
/// The fields `FIELD_NEXT` and `FIELD_PREVIOUS` of the same secret are the next and the previous key of a raw one, so
/// that each step of a rotation is one write. The revision is the version's number, and Vault itself compares it.
package struct VaultStore: WritableSecretStore {
    let mount: String
    let path: String
    let field: String
    let access: Access

    enum Access: Sendable {
        case calls(VaultAPI, VaultSession)
        /// A setting makes any call impossible.
        case refused(VaultFault)
    }

    package var label: String { StoreReference.vault(mount: mount, path: path, field: field).label }

    /// Asks nobody yet. What is wrong with the settings is answered by `read`.
    /// - Parameters:
    ///   - variables: as `VaultSettings` lists them.
    ///   - now: seconds of a clock that only goes forward, for the lease of the login.
    package static func open(
        mount: String, path: String, field: String, variables: [String: String], client: StoreClient, logger: Logger,
        now: @escaping @Sendable () -> Int64 = SteadySeconds.now
    ) -> VaultStore {
        let access: Access
        do throws(VaultFault) {
            let settings = try VaultSettings(variables: variables)
            guard PercentEncoding.path(mount) != nil, PercentEncoding.path(path) != nil else {
                throw .unavailable(reason: "the path holds an empty part, \".\" or \"..\"")
            }
            if !settings.address.isEncrypted, !settings.address.isLoopback {
                logger.warning("VAULT_ADDR is http: the login token and the secret are sent unencrypted")
            }
            let api = VaultAPI(
                address: settings.address, namespace: settings.namespace, authorityPath: settings.authorityPath,
                client: client)
            access = .calls(api, VaultSession(api: api, login: settings.login, logger: logger, now: now))
        } catch {
            access = .refused(error)
        }
        return VaultStore(mount: mount, path: path, field: field, access: access)
    }

    var nextField: String { field + "_NEXT" }
    var previousField: String { field + "_PREVIOUS" }

    package func read() async -> SourceReading {
        do throws(VaultFault) {
            return try reading(try await secret())
        } catch {
            switch error {
            case .denied(let reason): return .denied(reason: reason)
            case .unavailable(let reason): return .unavailable(reason: reason)
            }
        }
    }

    func reading(_ secret: VaultSecret) throws(VaultFault) -> SourceReading {
        guard secret.fields != nil else { return .absent(reason: secret.absence) }
        guard let current = try value(field, of: secret) else {
            return .absent(reason: "version \(secret.version) has no field \(field)")
        }
        let revision = String(secret.version)
        let stored = StoredSecret(
            current: current, next: try companion(nextField, of: secret),
            previous: try companion(previousField, of: secret))
        guard stored.next != nil || stored.previous != nil else { return .found(current, revision: revision) }
        return .staged(stored, revision: revision)
    }

    private func value(_ field: String, of secret: VaultSecret) throws(VaultFault) -> SecretBytes? {
        switch secret.field(field) {
        case .none: return nil
        case .text(let bytes): return bytes
        case .otherKind: throw .unavailable(reason: "the field \(field) is no text")
        }
    }

    private func companion(_ field: String, of secret: VaultSecret) throws(VaultFault) -> SecretBytes? {
        try value(field, of: secret).flatMap { $0.isBlank ? nil : $0 }
    }
}
