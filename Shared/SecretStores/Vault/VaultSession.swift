import Logging

/// Hands out a token that works: one login or renewal at a time, for all who wait.
actor VaultSession {
    private let api: VaultAPI
    private let login: VaultLogin
    private let logger: Logger
    /// Seconds of a clock that only goes forward.
    private let now: @Sendable () -> Int64
    private var lifecycle = VaultTokenLifecycle()
    private var isBusy = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(api: VaultAPI, login: VaultLogin, logger: Logger, now: @escaping @Sendable () -> Int64) {
        self.api = api
        self.login = login
        self.logger = logger
        self.now = now
    }

    func token() async throws(VaultFault) -> SecretText {
        await enter()
        defer { leave() }
        switch lifecycle.action(now: now()) {
        case .use(let token): return token
        case .renew(let token): return try await renew(token)
        case .login: return try await logIn()
        }
    }

    /// Vault refused this token.
    /// - Returns: whether asking again may help, with what `token()` answers then.
    func refused(_ token: SecretText) -> Bool {
        guard let held = lifecycle.usable(now: now()), held == token else { return true }
        lifecycle.on(.refused, now: now())
        return lifecycle.action(now: now()) == .login
    }

    private func renew(_ token: SecretText) async throws(VaultFault) -> SecretText {
        do throws(VaultFault) {
            lifecycle.on(.renewed(try await api.renew(token)), now: now())
            return token
        } catch .denied {
            lifecycle.on(.renewalFailed(isFinal: true), now: now())
            return try await logIn()
        } catch {
            lifecycle.on(.renewalFailed(isFinal: false), now: now())
            guard let token = lifecycle.usable(now: now()) else { throw error }
            logger.warning(
                "Vault did not renew the login token, which still works", metadata: ["reason": "\(error.reason)"])
            return token
        }
    }

    private func logIn() async throws(VaultFault) -> SecretText {
        do throws(VaultFault) {
            let (token, lease) = try await login.perform(api)
            lifecycle.on(.loggedIn(token, lease), now: now())
            logger.debug(
                "logged in to Vault",
                metadata: ["lease_seconds": "\(lease.seconds)", "renewable": "\(lease.isRenewable)"])
            return token
        } catch {
            lifecycle.on(.loginFailed, now: now())
            guard let token = lifecycle.usable(now: now()) else { throw error }
            logger.warning(
                "no new login to Vault, the token at hand still works", metadata: ["reason": "\(error.reason)"])
            return token
        }
    }

    /// Waiting needs no bound of its own: every call to Vault has one.
    private func enter() async {
        guard isBusy else {
            isBusy = true
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    private func leave() {
        guard waiting.isEmpty else { return waiting.removeFirst().resume() }
        isBusy = false
    }
}
