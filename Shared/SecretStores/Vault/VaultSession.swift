import Logging

/// Hands out a token that works: the one that is held, renewed where that is possible, else of a new login.
struct VaultSession: Sendable {
    /// Seconds of a clock that only goes forward.
    private let now: @Sendable () -> Int64
    private let cache: CredentialCache<VaultToken, VaultFault>

    init(api: VaultAPI, login: VaultLogin, logger: Logger, now: @escaping @Sendable () -> Int64) {
        self.now = now
        cache = CredentialCache(now: now) { held throws(VaultFault) in
            do throws(VaultFault) {
                if let held, held.isRenewable, let renewed = try await Self.renew(held, api) { return renewed }
                let (text, lease) = try await login.perform(api)
                logger.debug(
                    "logged in to Vault",
                    metadata: ["lease_seconds": "\(lease.seconds)", "renewable": "\(lease.isRenewable)"])
                return .init(
                    value: VaultToken(text, lease, now: now()), lifetime: lease.seconds > 0 ? lease.seconds : .max,
                    renewal: lease.seconds > 0 ? VaultToken.renewal(of: lease.seconds) : nil)
            } catch {
                if held != nil {
                    logger.warning(
                        "Vault did not renew or replace the login token, which still works",
                        metadata: ["reason": "\(error.reason)"])
                }
                throw error
            }
        }
    }

    func token() async throws(VaultFault) -> VaultToken { try await cache.value() }

    /// Vault refused this token.
    /// - Returns: whether asking again may help, with what `token()` answers then.
    func refused(_ token: VaultToken) async -> Bool {
        guard token.mayHaveEnded(now: now()) else { return false }
        await cache.refused(token)
        return true
    }

    /// - Returns: nil where Vault does not renew it any more.
    private static func renew(
        _ held: VaultToken, _ api: VaultAPI
    ) async throws(VaultFault) -> CredentialCache<VaultToken, VaultFault>.Fetched? {
        do throws(VaultFault) {
            let lease = try await api.renew(held.text)
            return .init(
                value: held.renewed(by: lease), lifetime: lease.seconds,
                renewal: VaultToken.renewal(of: lease.seconds))
        } catch .denied {
            return nil
        } catch {
            throw error
        }
    }
}
