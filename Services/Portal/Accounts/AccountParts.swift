import Hummingbird
import ServerKit
import ServiceKit

/// What stands behind the routes and the pages about accounts, made once.
struct AccountParts: Sendable {
    let accounts: AccountService
    let people: PeopleService
    let invitations: InvitationService
    /// A customer portal's.
    let registration: RegistrationService?
    let rules: PeopleRules
    private let settings: PortalSettings
    private let stores: Portal.Stores
    private let hasher: PasswordHasher
    private let canSend: Bool
    private let entropy: Entropy

    init(settings: PortalSettings, stores: Portal.Stores, hasher: PasswordHasher, canSend: Bool, entropy: Entropy) {
        self.settings = settings
        self.stores = stores
        self.hasher = hasher
        self.canSend = canSend
        self.entropy = entropy
        let perAddress = settings.login.registrationsPerAddress
        rules = PeopleRules(kind: settings.kind)
        accounts = AccountService(
            store: stores.accounts, links: stores.links, hasher: hasher, passwords: settings.passwords,
            providers: settings.providers, canSend: canSend, perAddress: perAddress, entropy: entropy)
        people = PeopleService(store: stores.people, canSend: canSend, entropy: entropy)
        invitations = InvitationService(
            store: stores.invitations, hasher: hasher, passwords: settings.passwords, canSend: canSend,
            perAddress: perAddress, entropy: entropy)
        registration =
            settings.kind == .customer
            ? RegistrationService(
                store: stores.registration, hasher: hasher, passwords: settings.passwords,
                verification: settings.verifiesEmail ? .byMail(canSend: canSend) : .none, perAddress: perAddress,
                entropy: entropy)
            : nil
    }

    func own(_ login: LoginService) -> OwnAccountService {
        OwnAccountService(
            login: login, store: stores.accounts, hasher: hasher, passwords: settings.passwords, canSend: canSend,
            entropy: entropy)
    }

    /// Pages for who is signed in.
    func areas(_ web: WebParts, login: LoginService) -> [any AreaPages] {
        [
            OwnAccountPages(parts: web, own: own(login)),
            PeoplePages(parts: web, people: people, invitations: invitations, rules: rules),
        ]
    }

    /// Below `/api/v1/auth`.
    func addRoutes(
        to auth: RouterGroup<AppContext>, login: LoginService, sessions: SessionService, verifier: LiveVerifier,
        clock: WallClock
    ) {
        AccountRoutes(accounts: accounts, own: own(login), sessions: sessions, verifier: verifier, clock: clock)
            .add(to: auth)
        PeopleRoutes(
            people: people, invitations: invitations, sessions: sessions, verifier: verifier, clock: clock
        ).add(to: auth)
        if let registration { RegistrationRoutes(registration: registration, clock: clock).add(to: auth) }
    }
}
