import Testing

@testable import SecretStores

@Suite("The life of Vault's login token")
struct VaultTokenLifecycleTests {
    typealias Lifecycle = VaultTokenLifecycle

    private static let a = SecretText("a")
    private static let b = SecretText("b")

    /// What happened when, and what is to be done at a time after it.
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let events: [(Int64, Lifecycle.Event)]
        let expected: [(Int64, Lifecycle.Action)]
    }

    private static func lease(_ seconds: Int64, renewable: Bool = true) -> VaultLease {
        VaultLease(seconds: seconds, isRenewable: renewable)
    }

    static let table: [Row] = [
        Row(testDescription: "without a token: log in", events: [], expected: [(0, .login), (1_000, .login)]),
        Row(
            testDescription: "a lease without end is never renewed", events: [(0, .loggedIn(a, .endless))],
            expected: [(0, .use(a)), (1 << 40, .use(a))]),
        Row(
            testDescription: "renewed after two thirds, replaced at the end",
            events: [(0, .loggedIn(a, lease(90)))],
            expected: [(59, .use(a)), (60, .renew(a)), (89, .renew(a)), (90, .login)]),
        Row(
            testDescription: "a renewal starts the lease again",
            events: [(0, .loggedIn(a, lease(90))), (60, .renewed(lease(90)))],
            expected: [(61, .use(a)), (119, .use(a)), (120, .renew(a)), (150, .login)]),
        Row(
            testDescription: "what can't be renewed is replaced while it still works",
            events: [(0, .loggedIn(a, lease(90, renewable: false)))], expected: [(59, .use(a)), (60, .login)]),
        Row(
            testDescription: "renewals that shrink mean that the longest life is near: log in again",
            events: [(0, .loggedIn(a, lease(90))), (60, .renewed(lease(29)))],
            expected: [(61, .use(a)), (79, .login), (89, .login)]),
        Row(
            testDescription: "a renewal to nothing ends it",
            events: [(0, .loggedIn(a, lease(90))), (60, .renewalFailed(isFinal: true))], expected: [(60, .login)]),
        Row(
            testDescription: "a renewal that nobody answers is tried again, and the token used meanwhile",
            events: [(0, .loggedIn(a, lease(90))), (60, .renewalFailed(isFinal: false))],
            expected: [(61, .use(a)), (69, .use(a)), (70, .renew(a)), (90, .login)]),
        Row(
            testDescription: "a login that nobody answers leaves the token that still works",
            events: [(0, .loggedIn(a, lease(90, renewable: false))), (60, .loginFailed)],
            expected: [(61, .use(a)), (70, .login), (90, .login)]),
        Row(
            testDescription: "a first login that fails is tried again", events: [(0, .loginFailed)],
            expected: [(0, .login)]),
        Row(
            testDescription: "a refusal right after the login is about rights",
            events: [(0, .loggedIn(a, lease(900))), (59, .refused)], expected: [(59, .use(a))]),
        Row(
            testDescription: "a refusal of an older token may be its end",
            events: [(0, .loggedIn(a, lease(900))), (60, .refused)], expected: [(60, .login)]),
        Row(
            testDescription: "a new login replaces all of it",
            events: [(0, .loggedIn(a, lease(90))), (60, .loggedIn(b, lease(30)))],
            expected: [(61, .use(b)), (80, .renew(b)), (90, .login)]),
    ]

    @Test("is renewed ahead, replaced where it must be, and used while it works", arguments: table)
    func lifecycle(row: Row) {
        for (time, action) in row.expected {
            var lifecycle = Lifecycle()
            for (when, event) in row.events { lifecycle.on(event, now: when) }
            #expect(lifecycle.action(now: time) == action, "at \(time)")
        }
    }
}
