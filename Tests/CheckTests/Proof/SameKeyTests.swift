import Evidence
import Testing

@testable import Check

@Suite("One key, however often it is used")
struct SameKeyTests {
    @Test("two files that read one variable are one key, reported once")
    func twoFiles() {
        var facts = Given.code("api", .verify, Given.read("JWT_SECRET", "api", line: 3))
        facts.uses += Given.code("api", .sign, Given.read("JWT_SECRET", "api", line: 9)).uses
        let issuer = Given.code("auth", .sign, Given.read("JWT_SECRET", "auth"))
        let stack = Given.stack([("auth", [("JWT_SECRET", Given.google("jwt"))]), ("api", [])])
        #expect(Given.proof([stack], [issuer, facts]).stacks[0].participants.map(\.uses.count) == [1, 1])
        #expect(Given.findings(.missingSecret, [stack], [issuer, facts]).count == 1)
    }

    @Test("two files with two texts are two keys")
    func twoTexts() {
        var facts = Given.code("api", .verify, Given.read("JWT_SECRET", "api"), Given.text("one", "api"))
        facts.uses += Given.code("api", .sign, Given.read("JWT_SECRET", "api"), Given.text("two", "api")).uses
        #expect(Given.proof([Given.stack([("api", [])])], [facts]).stacks[0].participants.map(\.uses.count) == [2])
    }
}
