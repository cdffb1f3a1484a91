import Contracts
import HTTPKit
import Hummingbird
import Secrets
import ServiceKit
import Tokens

@testable import Portal

/// One page of each kind, with something in every place.
struct SamplePages {
    let parts: WebParts
    let visitor: Visitor
    private let ring: KeyRing
    private let farms: [any WebPage]
    private let records: [any WebPage]
    private let statements: [any WebPage]

    init(kind: PortalKind = .platform) async throws {
        let texts = try Texts(json: WebFiles.texts)
        parts = WebParts(
            kind: kind, environment: "test", pages: try Pages(texts: texts), texts: texts, assets: Assets(),
            cookies: WebCookies(kind: kind, isSecure: true), hasGateway: true, hasDBUpdates: true)
        ring = try await TestPortal(kind).ring
        visitor = try Self.visitor(kind, role: kind == .platform ? Role.superAdmin : Role.customer, ring)
        farms = try FarmSamples(parts: parts, visitor: visitor).all
        records = try RecordSamples(parts: parts, visitor: visitor).all
        statements = try DBUpdatesSamples(parts: parts, visitor: visitor).all
    }

    private static let rotation = RotationRecord(
        id: "i", store: "file S", phase: "begun", fromKid: "k", toKid: "n", beganAt: 0, by: "the portal for ada")
    private static let standing = KeyStanding(
        service: "s", url: "u", environment: "e", source: "x", keys: [.init(kid: "k", state: "current")],
        finding: .lacksKey(kid: "k", ownSource: "o", held: [], source: "x"), clockOffset: 2000, build: "b",
        reports: true)
    private static let picture = FleetPicture(
        standings: [standing, standing], rotation: rotation,
        refused: [
            RefusedTokens(
                code: "unknown_key", places: [.init(service: "s", instance: "i", count: 3, kid: "k")], lastAt: 0)
        ])

    private static let symbol = try? EnrolmentPage.Symbol(
        EnrolmentSeed(bytes: Array(repeating: 7, count: 20), issuer: "i", account: "a"))

    private static let account = ServiceAccount(
        id: "a", name: "n", roles: ["viewer"], scopes: ["s"], tokenVersion: 0, createdAt: 0, createdBy: "u",
        disabledAt: nil, secrets: [.init(id: "s", createdAt: 0, lastUsedAt: 1, expiresAt: 2)])

    private static let provider = OIDCProvider(
        name: "corp", issuer: "i", clientID: "c", displayName: "Corp", scopes: ["openid"], allowedDomains: [],
        roles: [], linksAccounts: true, audiences: [], allowsPlainHTTP: false)

    var all: [any WebPage] {
        [
            SignInPage(
                parts: parts, providers: [Self.provider], formToken: "t", returnTo: .start, email: "e", problem: "p"),
            OverviewPage(parts: parts, visitor: visitor, picture: Self.picture),
            KeysPage(parts: parts, visitor: visitor, picture: Self.picture, desk: .open),
            RotationConfirmPage(parts: parts, visitor: visitor, act: .begin, store: "file S", problem: "p"),
            InspectionPage(
                parts: parts, visitor: visitor,
                explanation: .of("a.b.c", ring: ring, policy: VerificationPolicy(), now: 0)),
            AccountPage(parts: parts, visitor: visitor, hasProviders: true, notice: nil),
            SecondFactorPage(parts: parts, formToken: "t", returnTo: .start, isForEnrolment: false, problem: "p"),
            EnrolmentPage(
                parts: parts, frame: parts.frame("t", for: visitor), symbol: Self.symbol, action: "/a", back: "/b",
                problem: "p"),
            RecoveryCodesPage(
                frame: parts.frame("t", for: visitor), codes: [RecoveryCode(entropy: .system)], next: .start),
            SecurityPage(
                parts: parts, visitor: visitor,
                standing: .init(enrolledAt: 1, recoveryCodesLeft: 2, isRequired: false, hasPassword: true),
                problem: "p"),
            identities,
            OnwardPage(parts: parts, visitor: visitor, provider: Self.provider, address: "/a"),
            profile,
            SessionsPage(parts: parts, visitor: visitor, sessions: [visitor.session], total: 60),
            ServiceAccountsPage(
                parts: parts, visitor: visitor, accounts: [Self.account], total: 2, roles: ["viewer"], problem: "p"),
            ServiceSecretPage(
                parts: parts, visitor: visitor, account: "a", name: "n",
                new: .init(
                    token: OpaqueToken(.serviceSecret, entropy: .system), secret: Self.account.secrets[0])),
            form, people, person,
            AuditPage(
                parts: parts, visitor: visitor,
                entries: [
                    AuditEntry(
                        event: AuditEvent(
                            id: "i", at: 0, kind: .loginFailed, outcome: .failure, actor: "u", subject: "s",
                            address: "a",
                            requestID: "r", detail: "d"), actorEmail: "e")
                ], filter: AuditFilter(kind: .loginFailed, concerning: "s"), next: AuditCursor("0.i")),
            plantAudit, StyleguidePage(parts: parts, visitor: visitor),
            FaultPage(parts: parts, refusal: .init(.notFound, "d"), requestID: "r"),
        ] + farms + records + statements
    }

    private var plantAudit: PlantAuditPage {
        let entries = ["done", "begun", "refused:forbidden"].map { outcome in
            PlantAuditDocument.Entry(
                position: 1, at: Timestamp(seconds: 0), actor: "u", issuer: "i", action: "a", resourceKind: "k",
                resourceID: "c", outcome: outcome, requestID: "r", address: "a", details: "{}")
        }
        return PlantAuditPage(
            parts: parts, visitor: visitor, log: .init(data: entries, next: 1), head: .init(head: "h"),
            filter: PlantAuditFilter(FieldSet(["outcome": "done"]))
        ) { _ in "e" }
    }

    private var form: FormPage {
        var page = FormPage(
            frame: parts.frame("f", formToken: "t", notice: "mailed"), heading: "h", intro: "i", problem: "p",
            action: "/a",
            fields: [.init("email", .email, label: "l", hint: "h", value: "v", wrong: ["email": "w"])], submit: "s")
        page.hidden = [.init("token", "x")]
        page.choices = [
            .init(legend: "l", options: [.init(name: "n", label: "l", isChosen: true)], wrong: "w")
        ]
        page.links = [.init("/", "l")]
        return page
    }

    private var identities: IdentitiesPage {
        let identity = LinkedIdentity(
            id: "i", issuer: "i", subject: "s", userID: "u", email: "e", createdAt: 0, lastUsedAt: 1)
        return IdentitiesPage(
            parts: parts, visitor: visitor, identities: [(identity, Self.provider), (identity, nil)],
            providers: [Self.provider], notice: "identity_linked")
    }

    private var profile: CustomerProfilePage {
        let own = OwnCustomerDocument(
            id: "c", name: "n", email: "e", phone: "p", plan: "x", trialEndsAt: .init(seconds: 9), version: 1,
            createdAt: .init(seconds: 0))
        return CustomerProfilePage(
            parts: parts, visitor: visitor, own: own,
            farms: PlantList(
                data: [FarmDocument(id: "f", name: "n", code: "c", location: "l")], total: 1, page: 1, totalPages: 1),
            attempt: FormAttempt(
                form: "profile", typed: FieldSet(["name": "t"]), problem: "p", faults: ["name": "f"]),
            addressProblem: "a", notice: "profile_saved")
    }

    private var somebody: PeopleStore.Person {
        var user = visitor.user
        user.id = "v"
        user.emailVerifiedAt = 1
        user.pendingSince = 1
        user.disabledAt = 1
        return PeopleStore.Person(user: user, lastLoginAt: 1, secondFactorAt: 1)
    }

    private var people: PeoplePage {
        PeoplePage(
            parts: parts, visitor: visitor, people: [somebody], total: 200, page: 2, search: "s",
            invitations: [
                Invitation(
                    id: "i", email: "e", roles: ["r"], customerID: nil, invitedBy: "u", createdAt: 0, expiresAt: 9)
            ], mayInvite: true, notice: "invited")
    }

    private var person: PersonPage {
        PersonPage(
            parts: parts, visitor: visitor, person: somebody, rules: PeopleRules(kind: parts.kind),
            notice: "person_roles", problem: "p")
    }
    var customerRights: CustomerRights { CustomerRights(PlantRoles.permissions(of: visitor)) }

    /// Of another role.
    func visitor(_ role: String) throws -> Visitor { try Self.visitor(parts.kind, role: role, ring) }

    private static func visitor(_ kind: PortalKind, role: String, _ ring: KeyRing) throws -> Visitor {
        let user = User(
            id: "u", email: "ada@example.com", name: "Ada", roles: [role], customerID: "c", tokenVersion: 0,
            createdAt: 0, disabledAt: nil, emailVerifiedAt: 1)
        let session = Session(
            id: "s", userID: "u", kind: .web, createdAt: 0, lastUsedAt: 0, expiresAt: 1, endsAt: 1, endedAt: nil,
            address: "a", userAgent: "b", lastAddress: "a")
        let token = try TokenIssuer(issuer: kind.defaultIssuer, audience: "lockstep", lifetime: 900).issue(
            AccessClaims(subject: "u", email: user.email, roles: [role], sessionID: "s"), ring: ring, now: 1_000_000)
        return Visitor(
            user: user, session: session,
            identity: try TokenVerifier(ring: ring, policy: VerificationPolicy()).verify(token.text, now: 1_000_000),
            accessToken: token.text, formToken: "t", area: .keys,
            caller: Caller(address: ClientAddress("127.0.0.1"), requestID: "r", userAgent: ""), requestID: "r", now: 0)
    }
}
