import Evidence
import Testing

@testable import Manifests

@Suite("TOML")
struct TOMLTests {
    /// A node in one line, keys and values with their kinds.
    static func shown(_ node: ManifestNode) -> String {
        switch node.content {
        case .scalar(let scalar): scalar.isPlain ? scalar.text : "'\(scalar.text)'"
        case .list(let list): "[" + list.map(shown).joined(separator: ",") + "]"
        case .map(let members): "{" + members.map { "\($0.key):\(shown($0.value))" }.joined(separator: ",") + "}"
        }
    }

    @Test(
        "tables, keys and values",
        arguments: [
            ("a = 1", "{a:1}"), ("a = \"x\" # c", "{a:'x'}"), ("'a b' = true", "{a b:true}"),
            ("\"a.b\" = 1", "{a.b:1}"),
            ("a.b = 1\na.c = 2", "{a:{b:1,c:2}}"), ("[t]\na = 1\n[u.v]\nb = 2", "{t:{a:1},u:{v:{b:2}}}"),
            ("[[t]]\na = 1\n[[t]]\na = 2\n[t.u]\nb = 3", "{t:[{a:1},{a:2,u:{b:3}}]}"),
            ("a = [1, [2],\n 3, # c\n]", "{a:[1,[2],3]}"),
            ("a = { b = 1, c.d = \"x\" }", "{a:{b:1,c:{d:'x'}}}"), ("a = \"t\\tn\\\"q\\u00e9\"", "{a:'t\tn\"qé'}"),
            ("a = 'c:\\n'", "{a:'c:\\n'}"), ("a = \"\"\"\nx\ny\\\n  z\"\"\"", "{a:'x\nyz'}"),
            ("a = '''x'y'''", "{a:'x'y'}"),
            ("a = 1979-05-27T07:32:00Z", "{a:1979-05-27T07:32:00Z}"), ("a = -1.5e3", "{a:-1.5e3}"), ("", "{}"),
            ("\r\n# x\r\na = 1\r\n", "{a:1}"),
            ("[a]\n[a.b]\nc = 1\n[d]", "{a:{b:{c:1}},d:{}}"),
        ])
    func values(text: String, expected: String) throws {
        #expect(Self.shown(try TOMLDocument.parse(text, file: "t")) == expected)
    }

    @Test(
        "faults have their line",
        arguments: [
            "\na =", "\na = \"x", "\n[a", "\na = [1", "\na = 1 2", "\n= 1", "\na = {b", "\na 1", "x = 1\nx = 2",
            "\na = \"\\u12\"",
        ])
    func faults(text: String) {
        let faults = #expect(throws: ManifestFaults.self) { try TOMLDocument.parse(text, file: "t") }
        #expect(faults?.faults.first?.position.line == 2)
    }

    @Test("nested without end it is refused", arguments: ["[", "{a=", "a."])
    func depth(sign: String) {
        let text = (sign == "a." ? "[" : "a = ") + String(repeating: sign, count: 20_000) + "a]"
        #expect(throws: ManifestFaults.self) { try TOMLDocument.parse(text, file: "t") }
    }

    @Test("places are exact")
    func places() throws {
        let root = try TOMLDocument.parse("[env]\n  A = \"x\"\n", file: "fly.toml")
        let member = try #require(root["env"]?.map?.first)
        #expect(spelled(member.position) == "fly.toml:2:3")
        #expect(spelled(member.value.position) == "fly.toml:2:7")
    }
}
