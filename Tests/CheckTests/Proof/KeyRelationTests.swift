import Evidence
import Testing

@testable import Check

@Suite("What two values are to each other as keys")
struct KeyRelationTests {
    private static let secret = Given.variable("JWT_SECRET")

    @Test(
        "one reference is one key, whatever it holds; two are two places",
        arguments: [
            (secret, secret, KeyRelation.same),
            (secret, Given.variable("OTHER"), .differentPlaces),
            (.literal("a"), .literal("a"), .same),
            (.literal("a"), .literal("b"), .different),
            (.literal("a"), secret, .differentPlaces),
            (Given.variable("JWT_SECRET", default: "x"), Given.variable("JWT_SECRET", default: "x"), .same),
            (
                Given.variable("JWT_SECRET", default: "x"), Given.variable("JWT_SECRET", default: "y"),
                .differentDefaults
            ),
            (Given.variable("JWT_SECRET", default: "x"), secret, .differentDefaults),
            (Given.google("jwt", "3"), Given.google("jwt", "3"), .same),
            (Given.google("jwt", "3"), Given.google("jwt", "4"), .different),
            (Given.google("jwt", "3"), Given.google("jwt", "latest"), .floating),
            (Given.google("jwt", "3"), Given.google("jwt", nil), .floating),
            (Given.google("jwt"), Given.google("jwt-key"), .differentPlaces),
            (.opaque("f(x)"), .opaque("f(x)"), .unknown),
            (.opaque("f(x)"), .literal("a"), .unknown),
        ] as [(BoundValue, BoundValue, KeyRelation)])
    func relation(one: BoundValue, other: BoundValue, expected: KeyRelation) {
        #expect(KeyRelation.of(one, other) == expected)
        #expect(KeyRelation.of(other, one) == expected)
    }

    @Test(
        "a key written as JSON is the key in it, and white space around a value is none of it",
        arguments: [
            (.literal(#"{"type":"HS256","key":"abc"}"#), .literal("abc")),
            (.literal(#"{ "key" : "abc" , "type": "HS256" }"#), .literal("abc")),
            (
                .literal(#"{"type":"HS256","key":""#) + secret + .literal(#""}"#),
                secret
            ),
            (.literal(" abc\n"), .literal("abc")),
            (.literal(#"{"type":"RS256"}"#), .literal(#"{"type":"RS256"}"#)),
            (.literal("{") + secret, .literal("{") + secret),
        ] as [(BoundValue, BoundValue)])
    func json(value: BoundValue, key: BoundValue) {
        #expect(KeyText.normal(value) == key)
    }

    @Test("what is shown of a value holds no byte of it, also where it stands in an expression or beside a reference")
    func shown() {
        let values = [
            BoundValue.literal(Given.strong), .opaque("format('\(Given.strong){0}', secrets.X)"),
            .literal(Given.strong) + Self.secret, Given.variable("X", default: Given.strong),
        ]
        #expect(values.allSatisfy { !$0.shown.isEmpty && !$0.shown.contains(Given.strong) })
    }

    @Test(
        "names that fan out from one purpose are one family, and other purposes are not",
        arguments: [
            ("JWT_SECRET", "JWT_SECRET_KEY", true), ("PGRST_JWT_SECRET", "JWT_SECRET", true),
            ("GOTRUE_JWT_SECRET", "JWT_SECRET", true), ("SECRET_KEY", "JWT_SECRET", true),
            ("AUTH_SECRET", "JWT_SECRET", true), ("REFRESH_TOKEN_SECRET", "JWT_SECRET", false),
            ("JWT_REFRESH_SECRET", "JWT_SECRET", false), ("ADMIN_JWT_SECRET", "JWT_SECRET", false),
            ("JWT_SECRET_STAGING", "JWT_SECRET", true),
        ])
    func families(one: String, other: String, isSame: Bool) {
        #expect((KeyFamily(variable: one) == KeyFamily(variable: other)) == isSame)
    }
}
