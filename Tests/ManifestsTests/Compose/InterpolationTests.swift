import Evidence
import Testing

@testable import Manifests

@Suite("compose's variables")
struct InterpolationTests {
    static let variables = ["SET": "value", "EMPTY": "", "A_1": "one", "OUTER": "${SET}"]

    @Test(
        "are filled in as compose does it",
        arguments: [
            ("plain", "plain"), ("$SET", "value"), ("${SET}", "value"), ("a${SET}b", "avalueb"), ("$SET-b", "value-b"),
            ("${A_1}$A_1", "oneone"), ("$$SET", "$SET"), ("$${SET}", "${SET}"), ("$$$SET", "$value"),
            ("${SET:-d}", "value"), ("${EMPTY:-d}", "d"), ("${NONE:-d}", "d"), ("${SET-d}", "value"),
            ("${EMPTY-d}", ""), ("${NONE-d}", "d"), ("${NONE:-}", ""), ("${NONE:-a b:c}", "a b:c"),
            ("${SET:?no}", "value"), ("${SET?no}", "value"), ("${EMPTY?no}", ""),
            ("${SET:+r}", "r"), ("${EMPTY:+r}", ""), ("${NONE:+r}", ""),
            ("${SET+r}", "r"), ("${EMPTY+r}", "r"), ("${NONE+r}", ""),
            ("${NONE:-${SET}}", "value"), ("${NONE:-${ALSO_NONE:-deep}}", "deep"), ("${NONE:-x}${SET}", "xvalue"),
            ("${SET:+[${A_1}]}", "[one]"), ("${NONE}", ""), ("http://${SET}:${A_1}/", "http://value:one/"),
            // A value is not looked into again.
            ("${OUTER}", "${SET}"), ("größe $SET ✓", "größe value ✓"),
        ])
    func expansion(text: String, expected: String) throws {
        #expect(try Interpolation.expand(text) { Self.variables[$0] }.text == expected)
    }

    @Test(
        "are refused when they can't be read",
        arguments: [
            "$", "a $ b", "${", "${SET", "${}", "$1", "${1A}", "${SET:}", "${SET:=x}", "${SET!x}", "${NONE:-${SET}",
        ])
    func malformed(text: String) {
        #expect(throws: Interpolation.Fault.malformed) { try Interpolation.expand(text) { Self.variables[$0] } }
    }

    @Test("that are required say their message, which may hold variables itself")
    func required() {
        #expect(throws: Interpolation.Fault.required(name: "NONE", message: "run value")) {
            try Interpolation.expand("${NONE:?run $SET}") { Self.variables[$0] }
        }
        #expect(throws: Interpolation.Fault.required(name: "EMPTY", message: "")) {
            try Interpolation.expand("${EMPTY:?}") { Self.variables[$0] }
        }
    }

    @Test("without value and default leave a blank, and are told of")
    func blanks() throws {
        let expansion = try Interpolation.expand("$NONE ${GONE} ${SET} ${LOST:-}") { Self.variables[$0] }
        #expect(expansion.text == "  value ")
        #expect(expansion.blanks == ["NONE", "GONE"])
    }

    @Test("are looked up in a default only when the default is used")
    func lazyDefault() throws {
        #expect(try Interpolation.expand("${SET:-${NONE:?never}}") { Self.variables[$0] }.text == "value")
    }
}
