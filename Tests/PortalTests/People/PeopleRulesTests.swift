import Contracts
import Testing

@testable import Portal

@Suite("Who may do what to whose account") struct PeopleRulesTests {
    private func user(_ roles: String, id: String, customer: String? = nil) -> User {
        User(
            id: id, email: "\(id)@example.com", name: id, roles: roles.split(separator: " ").map(String.init),
            customerID: customer, tokenVersion: 0, createdAt: 0, disabledAt: nil)
    }

    private static let name = PersonName("Ada")
    private static let others = [
        "subscription_manager", "agent_orchestrator", "infrastructure_engineer", "industry_manager", "operator",
        "viewer",
    ]

    enum Expected: Sendable { case may, not, beyond }

    /// Actor, target, what comes of helping (unlock, end sessions, send a reset), and of deciding (rename, disable,
    /// enable, take roles away).
    static let platform: [(String, String, Expected, Expected)] = [
        ("super_admin", "super_admin", .may, .may), ("super_admin", "admin", .may, .may),
        ("super_admin", "viewer", .may, .may),
        ("admin", "super_admin", .beyond, .beyond), ("admin", "admin", .may, .may), ("admin", "viewer", .may, .may),
        ("admin", "viewer super_admin", .beyond, .beyond),
        ("helpdesk_agent", "super_admin", .beyond, .not), ("helpdesk_agent", "admin", .beyond, .not),
        ("helpdesk_agent", "viewer admin", .beyond, .not), ("helpdesk_agent", "viewer", .may, .not),
        ("helpdesk_agent", "helpdesk_agent", .may, .not),
        ("customer_admin", "viewer", .not, .not), ("customer", "viewer", .not, .not), ("", "viewer", .not, .not),
    ]

    @Test("the matrix of the platform portal", arguments: platform)
    func matrix(_ actor: String, _ target: String, _ help: Expected, _ decide: Expected) throws {
        try check(PeopleRules(kind: .platform), user(actor, id: "a"), user(target, id: "t"), help, decide, ["viewer"])
    }

    @Test("no other role of the platform does anything to anybody", arguments: others)
    func othersNothing(_ role: String) throws {
        for target in ["super_admin", "admin", "viewer", role] {
            try check(PeopleRules(kind: .platform), user(role, id: "a"), user(target, id: "t"), .not, .not, ["viewer"])
        }
    }

    /// Actor's roles and customer, target's roles and customer, expected.
    static let customer: [(String, String?, String, String?, Expected)] = [
        ("customer", "c-1", "customer_user", "c-1", .may), ("customer", "c-1", "customer_admin", "c-1", .may),
        ("customer_admin", "c-1", "customer_user", "c-1", .may),
        ("customer_admin", "c-1", "customer_admin", "c-1", .may),
        ("customer_admin", "c-1", "customer", "c-1", .beyond),
        ("customer_admin", "c-1", "customer_user", "c-2", .not), ("customer", "c-1", "customer_admin", "c-2", .not),
        ("customer_admin", nil, "customer_user", nil, .not), ("customer_user", "c-1", "customer_user", "c-1", .not),
        ("super_admin", "c-1", "customer_user", "c-1", .not), ("admin", nil, "customer_user", "c-1", .not),
    ]

    @Test("the matrix of the customer portal: one's own customer alone", arguments: customer)
    func customers(_ actor: String, _ own: String?, _ target: String, _ other: String?, _ expected: Expected) throws {
        try check(
            PeopleRules(kind: .customer), user(actor, id: "a", customer: own), user(target, id: "t", customer: other),
            expected, expected, ["customer_user"])
    }

    private func check(
        _ rules: PeopleRules, _ actor: User, _ target: User, _ help: Expected, _ decide: Expected, _ roles: [String]
    ) throws {
        let name = try #require(Self.name)
        for act in [PeopleAct.unlock, .endSessions, .sendReset] { expect(rules, actor, act, target, help) }
        let reason = try #require(ActReason("called back"))
        for act in [PeopleAct.rename(name), .changeRoles(roles), .disable, .enable, .resetSecondFactor(reason)] {
            expect(rules, actor, act, target, decide)
        }
    }

    private func expect(_ rules: PeopleRules, _ actor: User, _ act: PeopleAct, _ target: User, _ expected: Expected) {
        let fault: PeopleRules.Fault? =
            switch expected {
            case .may: nil
            case .not: .notAllowed
            case .beyond: .beyondYou
            }
        var got: PeopleRules.Fault?
        do throws(PeopleRules.Fault) {
            try rules.check(actor, act, on: target)
        } catch {
            got = error
        }
        #expect(got == fault, "\(actor.roles) \(act.name) \(target.roles)")
    }

    /// Actor, what is granted, expected.
    static let grants: [(PortalKind, String, [String], PeopleRules.Fault?)] = [
        (.platform, "super_admin", ["super_admin"], nil), (.platform, "super_admin", Role.platform, nil),
        (.platform, "admin", ["admin", "viewer"], nil), (.platform, "admin", ["super_admin"], .role("super_admin")),
        (.platform, "admin", ["viewer", "super_admin"], .role("super_admin")),
        (.platform, "super_admin", ["customer_admin"], .role("customer_admin")),
        (.platform, "super_admin", ["diagnostic"], .role("diagnostic")),
        (.platform, "super_admin", ["viewer super_admin"], .role("viewer super_admin")),
        (.platform, "admin", ["Super_Admin"], .role("Super_Admin")),
        (.platform, "super_admin", [], .badRoles), (.platform, "super_admin", ["viewer", "viewer"], .badRoles),
        (.platform, "helpdesk_agent", ["viewer"], .notAllowed), (.platform, "viewer", ["viewer"], .notAllowed),
        (.customer, "customer_admin", ["customer_admin"], nil), (.customer, "customer", ["customer_user"], nil),
        (.customer, "customer_admin", ["customer"], .role("customer")),
        (.customer, "customer_admin", ["super_admin"], .role("super_admin")),
        (.customer, "customer_user", ["customer_user"], .notAllowed),
    ]

    @Test("nobody grants a role beyond their own, or one that is not this portal's", arguments: grants)
    func granting(_ kind: PortalKind, _ actor: String, _ roles: [String], _ expected: PeopleRules.Fault?) {
        let customer = kind == .customer ? "c-1" : nil
        var got: PeopleRules.Fault?
        do throws(PeopleRules.Fault) {
            try PeopleRules(kind: kind).checkGrant(roles, by: user(actor, id: "a", customer: customer))
        } catch {
            got = error
        }
        #expect(got == expected)
    }

    @Test(
        "nobody disables themselves, changes their own roles or resets their own second factor; a disabled account does nothing at all"
    )
    func oneself() throws {
        let rules = PeopleRules(kind: .platform)
        let root = user("super_admin", id: "a")
        let reason = try #require(ActReason("I lost it"))
        for act in [PeopleAct.disable, .enable, .changeRoles(["super_admin"]), .resetSecondFactor(reason)] {
            #expect(throws: PeopleRules.Fault.yourself) { try rules.check(root, act, on: root) }
        }
        #expect(throws: Never.self) { try rules.check(root, .endSessions, on: root) }
        var disabled = root
        disabled.disabledAt = 1
        #expect(throws: PeopleRules.Fault.notAllowed) {
            try rules.check(disabled, .unlock, on: user("viewer", id: "t"))
        }
    }
}
