import HTTPKit
import Secrets
import ServiceKit

/// What a portal reads at start. Beside these: `OIDCSettings`, `CommonSettings`, `TokenSettings`,
/// `KeyAgreementMonitor.Settings`, `InternalToken`, and the signing secret's names (Secrets).
///
/// | key | type | default |
/// |---|---|---|
/// | `PORTAL_KIND` | `platform`, `customer` | `platform` |
/// | `DATABASE_URL` | `sqlite:///ABSOLUTE/PATH`, `postgres://…` (`PostgreSQLAddress`) | required |
/// | `DATABASE_PASSWORD[_FILE]` (secret) | of a `postgres://` URL that has none | none |
/// | `PORTAL_ADMIN_EMAIL`, `PORTAL_ADMIN_PASSWORD[_FILE]` (secret) | the first administrator; platform alone | none |
/// | `PORTAL_DATA_KEY[_FILE]` (secret) | at least 32 bytes; seals what is kept at rest | required outside development and test |
/// | `PORTAL_COOKIE_SECURE` | bool; cookies over https alone | true outside development and test |
/// | `PORTAL_PUBLIC_URL` | URL at which people's browsers find this portal | in development and test `http://127.0.0.1:PORT` |
/// | `MAIL_URL`, `MAIL_FROM` and more | see `MailSettings` | |
/// | `REGISTER_VERIFY_EMAIL` | bool; who registers confirms the address by a link in a mail (customer) | true |
/// | `PASSWORD_BREACHED_FILE` | path of a list of breached passwords (`BreachedPasswords`) | none |
/// | `PLANT_BACKEND_URL` | URL; where the outbox delivers | required at a customer portal |
/// | `PLANT_GATEWAY_URL` | URL; where what people see and do of the plant is asked for | none: those areas are not there |
/// | `PORTAL_SERVICE_URLS` | URLs whose keys the page shows | `PORTAL_URLS`, `PLANT_GATEWAY_URL`, `PLANT_BACKEND_URL` |
/// | `REFRESH_TOKEN_EXPIRE_DAYS` | 1…365 | 30 |
/// | `SESSION_MAX_DAYS` | 1…730; a session ends however often it is refreshed | 90 |
/// | `WEB_SESSION_IDLE_HOURS` | 1…720; a browser's session ends unused | 12 |
/// | `LOGIN_ADDRESS_LIMIT_PER_MINUTE` | 1…100000 | 60 |
/// | `LOGIN_ACCOUNT_LIMIT_PER_MINUTE` | 1…100000 | 30 |
/// | `LOGIN_LOCKOUT_FAILURES` | 1…1000; wrong passwords before an account rests | 5 |
/// | `LOGIN_LOCKOUT_SECONDS` | 1…3600; the first rest; it doubles | 30 |
/// | `LOGIN_LOCKOUT_MAX_SECONDS` | 1…86400 | 900 |
/// | `REGISTER_ADDRESS_LIMIT_PER_MINUTE` | 1…100000 | 20 |
/// | `SECOND_FACTOR_REQUIRED_ROLES` | roles, comma separated, whose people must have a second factor | none |
/// | `ARGON2_MEMORY_KIB` | 19456…1048576; from 8 in development and test | 19456 |
/// | `ARGON2_PASSES` | 2…16; from 1 in development and test | 2 |
/// | `ARGON2_LANES` | 1…8 | 1 |
/// | `PASSWORD_THREADS` | 1…64; how many hashes at once | 2 |
/// | `PASSWORD_QUEUE` | 0…10000; how many may wait | 32 |
/// | `AUDIT_RETENTION_DAYS` | 1…3650 | 365 |
/// | `AUDIT_MAX_EVENTS` | 1000…100000000 | 1000000 |
/// | `ENABLE_DB_UPDATES` | bool; tokens for DB updates, in development and test at a platform portal | false |
/// | `DB_UPDATES_TOKEN_SECONDS` | 60…900; how long one lives, at most as long as an access token | 300 |
/// | `FLEET_MISSING_SECONDS`, `FLEET_FORGET_SECONDS` | see `FleetKeepingSettings` | 15, 600 |
struct PortalSettings: Sendable {
    var kind: PortalKind
    var databaseURL: String
    var databasePassword: SecretBytes?
    var administrator: FirstAdministrator.Account?
    var dataKey: SecretBytes?
    /// Nil: by environment.
    var cookieSecure: Bool?
    /// Where people's browsers find this portal, without a trailing slash: links in mails and redirects of providers lead
    /// there. In development and test never nil once settled; elsewhere who needs it says so (`requirePublicURL`).
    var publicURL: String?
    var mail: MailSettings
    var verifiesEmail: Bool
    var passwords: PasswordCheck
    var plantURL: String?
    /// Where the plant is asked in people's names, without a trailing slash; nil: what shows the plant is not in the menu.
    var gatewayURL: String?
    var serviceURLs: [String]
    var sessions: SessionLimits
    var login: LoginLimits
    var secondFactors: SecondFactorPolicy
    var argon2: Argon2.Parameters
    var passwordThreads: Int
    var passwordQueue: Int
    var housekeeping: HousekeepingStore.Limits
    var fleetKeeping: FleetKeepingSettings
    /// Seconds that a token for DB updates lives; nil: there are none, as `settle` decides.
    var dbUpdatesLifetime: Int64?
    /// Who people may sign in with, beside their password; filled in by `settle`.
    private(set) var providers: [OIDCProvider] = []
    /// Of the start: DB updates were asked for where there are none.
    private(set) var dbUpdatesWarning: String?

    /// Faults are collected in `reader`; what depends on the environment is checked by `settle`.
    init(reader: SettingsReader) {
        kind = reader.choice("PORTAL_KIND", default: .platform)
        let access = DatabaseAccess(reader: reader)
        (databaseURL, databasePassword) = (access.url, access.password)
        passwords = PasswordCheck(breached: Self.breachedPasswords(reader))
        administrator = Self.administrator(reader, kind: kind, passwords: passwords)
        mail = MailSettings(reader: reader)
        verifiesEmail = reader.bool("REGISTER_VERIFY_EMAIL", default: true)
        dataKey = reader.secret("PORTAL_DATA_KEY", minimumBytes: 32)
        cookieSecure =
            reader.string("PORTAL_COOKIE_SECURE") == nil
            ? nil : reader.bool("PORTAL_COOKIE_SECURE", default: true)
        publicURL = reader.url("PORTAL_PUBLIC_URL")
        plantURL = reader.url("PLANT_BACKEND_URL")
        gatewayURL = reader.url("PLANT_GATEWAY_URL")
        if kind == .customer && reader.string("PLANT_BACKEND_URL") == nil {
            reader.fault(
                "PLANT_BACKEND_URL", "is not set.",
                mend: "Set it to the plant's base URL: who registers here becomes a customer there.")
        }
        let named = reader.urls("PORTAL_SERVICE_URLS")
        let known = reader.urls("PORTAL_URLS") + [gatewayURL, plantURL].compactMap { $0 }
        serviceURLs = Self.unique(named.isEmpty ? known : named)
        let day: Int64 = 86_400
        sessions = SessionLimits(
            refreshLifetime: Int64(reader.int("REFRESH_TOKEN_EXPIRE_DAYS", default: 30, in: 1...365)) * day,
            sessionLifetime: Int64(reader.int("SESSION_MAX_DAYS", default: 90, in: 1...730)) * day,
            webIdle: Int64(reader.int("WEB_SESSION_IDLE_HOURS", default: 12, in: 1...720)) * 3600)
        login = Self.login(reader)
        secondFactors = SecondFactorPolicy(reader: reader, kind: kind)
        argon2 = Argon2.Parameters(
            memory: UInt32(reader.int("ARGON2_MEMORY_KIB", default: 19_456, in: 8...1_048_576)),
            passes: UInt32(reader.int("ARGON2_PASSES", default: 2, in: 1...16)),
            lanes: UInt32(reader.int("ARGON2_LANES", default: 1, in: 1...8)))
        passwordThreads = reader.int("PASSWORD_THREADS", default: 2, in: 1...64)
        passwordQueue = reader.int("PASSWORD_QUEUE", default: 32, in: 0...10_000)
        housekeeping = HousekeepingStore.Limits(
            auditRetention: Int64(reader.int("AUDIT_RETENTION_DAYS", default: 365, in: 1...3650)) * day,
            auditMaximumEvents: Int64(reader.int("AUDIT_MAX_EVENTS", default: 1_000_000, in: 1000...100_000_000)))
        fleetKeeping = FleetKeepingSettings(reader: reader)
        dbUpdatesLifetime = Int64(reader.int("DB_UPDATES_TOKEN_SECONDS", default: 300, in: 60...900))
        if !argon2.isSane {
            reader.fault("ARGON2_MEMORY_KIB", "is less than 8 KiB per lane.", mend: "Raise it, or lower ARGON2_LANES.")
        }
    }

    /// Fills in what the environment decides and records what it does not allow.
    mutating func settle(environment: DeploymentEnvironment, reader: SettingsReader) {
        let isLenient = environment.allowsDevelopmentFallback
        cookieSecure = cookieSecure ?? !isLenient
        settlePublicURL(isLenient: isLenient, reader: reader)
        mail.settle(isLenient: isLenient, kind: kind, databaseURL: databaseURL, reader: reader)
        if reader.string("MAIL_URL") != nil { requirePublicURL(for: "MAIL_URL", reader: reader) }
        let dbUpdates = DBUpdatesSwitch(reader: reader, environment: environment)
        if !dbUpdates.isOn || kind == .customer { dbUpdatesLifetime = nil }
        if kind == .platform { dbUpdatesWarning = dbUpdates.warning }
        if dataKey == nil {
            if isLenient {
                dataKey = SecretBytes(utf8: "lockstep development data key, the same for everyone")
            } else if reader.string("PORTAL_DATA_KEY") == nil && reader.string("PORTAL_DATA_KEY_FILE") == nil {
                reader.fault(
                    "PORTAL_DATA_KEY", "is not set.", mend: "Make one with: openssl rand -base64 32")
            }
        }
        providers = OIDCSettings(reader: reader, isLenient: isLenient, kind: kind).providers
        if !providers.isEmpty { requirePublicURL(for: "OIDC_PROVIDERS", reader: reader) }
        guard !isLenient else { return }
        let floor = Argon2.Parameters()
        if argon2.memory < floor.memory || argon2.passes < floor.passes {
            reader.fault(
                "ARGON2_MEMORY_KIB", "asks with ARGON2_PASSES for cheaper hashes than \(environment.rawValue) allows.",
                mend: "Use at least \(floor.memory) KiB and \(floor.passes) passes.")
        }
    }

    private mutating func settlePublicURL(isLenient: Bool, reader: SettingsReader) {
        if let url = publicURL {
            guard isLenient || url.hasPrefix("https://") else {
                reader.fault(
                    "PORTAL_PUBLIC_URL", "is not an https:// address.",
                    mend: "Links with secrets in them lead there; serve the portal over https.")
                return
            }
        } else if isLenient, reader.string("PORTAL_PUBLIC_URL") == nil {
            let port = reader.int("PORT", default: 8080, in: 0...65535)
            publicURL = "http://127.0.0.1:\(port)"
        }
    }

    /// After `settle`, for each feature whose links lead people's browsers back here.
    /// - Parameter variable: what switches the feature on.
    func requirePublicURL(for variable: String, reader: SettingsReader) {
        guard publicURL == nil, reader.string("PORTAL_PUBLIC_URL") == nil else { return }
        reader.fault(
            "PORTAL_PUBLIC_URL", "is not set, and \(variable) needs it.",
            mend: "Set it to the https:// address at which browsers find this portal.")
    }

    private static func breachedPasswords(_ reader: SettingsReader) -> BreachedPasswords? {
        guard let path = reader.string("PASSWORD_BREACHED_FILE") else { return nil }
        do throws(BreachedPasswords.Fault) {
            return try BreachedPasswords(path: path)
        } catch {
            reader.fault(
                "PASSWORD_BREACHED_FILE", "can't be used: \(error.told(of: path)).",
                mend: "Give it Have I Been Pwned's SHA-1 list, ordered by hash, or leave it away.")
            return nil
        }
    }

    private static func administrator(
        _ reader: SettingsReader, kind: PortalKind, passwords: PasswordCheck
    ) -> FirstAdministrator.Account? {
        guard kind == .platform else { return nil }
        let email = reader.string("PORTAL_ADMIN_EMAIL")
        let secret = reader.secret("PORTAL_ADMIN_PASSWORD", minimumBytes: PasswordPolicy.length.lowerBound)
        guard email != nil || secret != nil else { return nil }
        guard let email, let secret else {
            let missing = email == nil ? "PORTAL_ADMIN_EMAIL" : "PORTAL_ADMIN_PASSWORD"
            if reader.string(missing) == nil && reader.string(missing + "_FILE") == nil {
                reader.fault(missing, "is not set, but its companion is.", mend: "Set both, or neither.")
            }
            return nil
        }
        guard let address = EmailAddress(email) else {
            reader.fault("PORTAL_ADMIN_EMAIL", "is not an email address.", mend: "Use one like admin@example.com.")
            return nil
        }
        let password = Password(secret.withUnsafeBytes { String(decoding: $0, as: UTF8.self) })
        do {
            try PasswordPolicy.check(password, for: address)
        } catch {
            reader.fault("PORTAL_ADMIN_PASSWORD", "can't be accepted:", mend: "\(error.advice).")
            return nil
        }
        if (try? passwords.breached?.contains(password)) == true {
            let advice = PasswordPolicy.Violation.breached.advice
            reader.fault("PORTAL_ADMIN_PASSWORD", "can't be accepted:", mend: "\(advice).")
            return nil
        }
        return FirstAdministrator.Account(email: address, password: password)
    }

    private static func login(_ reader: SettingsReader) -> LoginLimits {
        let limits = LoginLimits(
            perAddress: reader.int("LOGIN_ADDRESS_LIMIT_PER_MINUTE", default: 60, in: 1...100_000),
            perAccount: reader.int("LOGIN_ACCOUNT_LIMIT_PER_MINUTE", default: 30, in: 1...100_000),
            registrationsPerAddress: reader.int("REGISTER_ADDRESS_LIMIT_PER_MINUTE", default: 20, in: 1...100_000),
            lockout: LoginLockout.Limits(
                failures: Int64(reader.int("LOGIN_LOCKOUT_FAILURES", default: 5, in: 1...1000)),
                firstRest: Int64(reader.int("LOGIN_LOCKOUT_SECONDS", default: 30, in: 1...3600)),
                longestRest: Int64(reader.int("LOGIN_LOCKOUT_MAX_SECONDS", default: 900, in: 1...86_400))))
        if limits.lockout.firstRest > limits.lockout.longestRest {
            reader.fault(
                "LOGIN_LOCKOUT_SECONDS", "is longer than LOGIN_LOCKOUT_MAX_SECONDS.",
                mend: "Make the first rest the shorter one.")
        }
        return limits
    }

    private static func unique(_ urls: [String]) -> [String] {
        var seen: Set<String> = []
        return urls.filter { seen.insert($0).inserted }
    }
}
