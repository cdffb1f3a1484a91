import Contracts

/// What somebody does to somebody's account.
enum PeopleAct: Sendable, Equatable {
    case rename(PersonName)
    case changeRoles([String])
    case disable
    case enable
    case unlock
    case endSessions
    case sendReset
    /// For somebody whose phone and paper are gone: the password alone signs them in from then on, or they enrol anew where
    /// their roles must have a second factor.
    case resetSecondFactor(ActReason)

    /// As the audit trail calls it.
    var name: String {
        switch self {
        case .rename: "rename"
        case .changeRoles(let roles): "roles \(roles.joined(separator: " "))"
        case .disable: "disable"
        case .enable: "enable"
        case .unlock: "unlock"
        case .endSessions: "end sessions"
        case .sendReset: "send reset"
        case .resetSecondFactor: "reset second factor"
        }
    }
}

/// Who may do what to whom. Pure; asked inside the transaction that does it, of what the database says of both.
struct PeopleRules: Sendable {
    enum Fault: Error, Equatable, Sendable {
        /// Manages nobody, or not in this way.
        case notAllowed
        /// The other one may do more than the actor, or is nobody's to change.
        case beyondYou
        /// Nobody disables themselves, changes their own roles, or goes round their own second factor.
        case yourself
        /// A role that is not this portal's, or that the actor may not grant.
        case role(String)
        /// An account has at least one role, and each once.
        case badRoles
    }

    let kind: PortalKind

    /// Roles that people can be given here, most first.
    var roles: [String] {
        switch kind {
        case .platform: Role.platform
        case .customer: [Role.customerAdmin, Role.customerUser]
        }
    }

    /// What an actor may give away, most first.
    func grantable(by actor: User) -> [String] {
        guard actor.disabledAt == nil else { return [] }
        switch kind {
        case .platform:
            if actor.roles.contains(Role.superAdmin) { return roles }
            return actor.roles.contains(Role.admin) ? roles.filter { $0 != Role.superAdmin } : []
        case .customer:
            return Self.leads(actor) && actor.customerID != nil ? roles : []
        }
    }

    /// Whether somebody sees others at all.
    func managesPeople(_ actor: User) -> Bool {
        guard actor.disabledAt == nil else { return false }
        return !grantable(by: actor).isEmpty || kind == .platform && actor.roles.contains(Role.helpdeskAgent)
    }

    /// Whether somebody finds an account: another customer's people are as unknown as ones that never were.
    func sees(_ actor: User, _ target: User) -> Bool { kind == .platform || actor.customerID == target.customerID }

    func check(_ actor: User, _ act: PeopleAct, on target: User) throws(Fault) {
        guard managesPeople(actor), sees(actor, target) else { throw .notAllowed }
        let isHelp: Bool
        let isOnlyOthers: Bool
        switch act {
        case .unlock, .endSessions, .sendReset: (isHelp, isOnlyOthers) = (true, false)
        case .rename: (isHelp, isOnlyOthers) = (false, false)
        // Who only helps does not reset one: with a mailbox that somebody reads along, it is the whole account.
        case .changeRoles, .disable, .enable, .resetSecondFactor: (isHelp, isOnlyOthers) = (false, true)
        }
        // Who only helps grants nothing.
        guard isHelp || !grantable(by: actor).isEmpty else { throw .notAllowed }
        if actor.id == target.id {
            if isOnlyOthers { throw .yourself }
            return
        }
        guard rank(target) <= reach(actor) else { throw .beyondYou }
        if case .changeRoles(let roles) = act { try checkGrant(roles, by: actor) }
    }

    func checkGrant(_ granted: [String], by actor: User) throws(Fault) {
        let grantable = grantable(by: actor)
        guard !grantable.isEmpty else { throw .notAllowed }
        guard !granted.isEmpty, Set(granted).count == granted.count else { throw .badRoles }
        if let refused = granted.first(where: { !grantable.contains($0) }) { throw .role(refused) }
    }

    /// At a customer portal, whoever registered the customer is among its administrators.
    private static func leads(_ user: User) -> Bool {
        user.roles.contains(Role.customerAdmin) || user.roles.contains(Role.customer)
    }

    private func rank(_ user: User) -> Int {
        switch kind {
        case .platform: user.roles.contains(Role.superAdmin) ? 3 : user.roles.contains(Role.admin) ? 2 : 0
        // Who registered the customer stays in it, whatever its administrators do.
        case .customer: user.roles.contains(Role.customer) ? 2 : user.roles.contains(Role.customerAdmin) ? 1 : 0
        }
    }

    /// Up to which rank others are in an actor's hands.
    private func reach(_ actor: User) -> Int {
        switch kind {
        case .platform: actor.roles.contains(Role.superAdmin) ? 3 : actor.roles.contains(Role.admin) ? 2 : 1
        case .customer: 1
        }
    }
}
