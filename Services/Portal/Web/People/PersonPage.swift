/// `GET /people/{id}`: one account, and what the visitor may do with it.
struct PersonPage: WebPage {
    struct RoleChoice: Sendable {
        let name: PageText
        let label: PageText
        let isChosen: Bool
    }

    struct Button: Sendable {
        let act: PageText
        let label: PageText
        let hint: PageText
        let isDangerous: Bool
    }

    let templateName = "person"
    let frame: PageFrame
    let heading: PageText
    let address: PageText
    let version: PageText
    let problem: PageText
    let facts: [AccountPage.Fact]
    let name: PageText
    let mayRename: Bool
    let mayChangeRoles: Bool
    let roles: [RoleChoice]
    let buttons: [Button]
    /// Where a second factor is reset; empty where there is none, or it is not the visitor's to reset.
    let resetAddress: PageText

    init(
        parts: WebParts, visitor: Visitor, person: PeopleStore.Person, rules: PeopleRules, notice: String? = nil,
        problem: String = ""
    ) {
        let texts = parts.texts
        let user = person.user
        frame = parts.frame(user.name, for: visitor, notice: notice)
        heading = PageText(user.name)
        address = PageText("/people/\(user.id)")
        version = PageText(String(user.version))
        self.problem = PageText(problem)
        var facts = [
            AccountPage.Fact(texts["field.email"], user.email),
            .init(texts["account.roles"], user.roles.joined(separator: ", ")),
            .init(texts["people.since"], at: user.createdAt),
        ]
        if let seconds = person.lastLoginAt { facts.append(.init(texts["people.last_login"], at: seconds)) }
        if let seconds = user.emailVerifiedAt { facts.append(.init(texts["people.verified"], at: seconds)) }
        if let seconds = person.secondFactorAt { facts.append(.init(texts["people.second_factor"], at: seconds)) }
        if let seconds = user.pendingSince { facts.append(.init(texts["people.pending"], at: seconds)) }
        if let seconds = user.disabledAt { facts.append(.init(texts["people.disabled"], at: seconds)) }
        if let customer = user.customerID { facts.append(.init(texts["account.customer"], customer)) }
        self.facts = facts
        name = PageText(user.name)
        func may(_ act: PeopleAct) -> Bool { (try? rules.check(visitor.user, act, on: user)) != nil }
        mayRename = PersonName(user.name).map { may(.rename($0)) } ?? false
        let grantable = rules.grantable(by: visitor.user)
        let mayReset = ActReason("-").map { may(.resetSecondFactor($0)) } ?? false
        resetAddress = PageText(
            mayReset && person.secondFactorAt != nil ? "/people/\(user.id)/reset-second-factor" : "")
        mayChangeRoles = grantable.first.map { may(.changeRoles([$0])) } ?? false
        roles = grantable.map { role in
            RoleChoice(
                name: PageText(RolesField.prefix + role), label: PageText(role), isChosen: user.roles.contains(role))
        }
        let acts: [(PeopleAct, String, Bool)] = [
            (.sendReset, "send_reset", false), (.unlock, "unlock", false), (.endSessions, "end_sessions", false),
            user.disabledAt == nil ? (.disable, "disable", true) : (.enable, "enable", false),
        ]
        buttons = acts.filter { may($0.0) }.map { _, word, isDangerous in
            Button(
                act: PageText(word), label: PageText(texts["people.act_\(word)"]),
                hint: PageText(texts["people.hint_\(word)"]), isDangerous: isDangerous)
        }
    }
}
