import Secrets
import Testing

@Suite("Strict JSON")
struct StrictJSONTests {
    func read(_ text: String, limits: StrictJSON.Limits = .init()) throws(StrictJSON.Fault) -> StrictJSON {
        try StrictJSON(Array(text.utf8), limits: limits)
    }

    @Test(
        "texts that RFC 8259 allows",
        arguments: [
            "null", "true", "false", "0", "-0", "1", "-1", "10", "1.5", "1e5", "1E+5", "1.25e-10", "\"\"", "\"a\"",
            "[]", "{}", "[1,2]",
            "[[[]]]", #"{"a":{"b":[1,{"c":null}]}}"#, " \t\r\n1 \t\r\n", #"{ "a" : 1 , "b" : 2 }"#,
            #""\" \\ \/ \b \f \n \r \t \u00e9 \uD83D\uDE42 \u0000""#, "\"é 日本 🙂 \u{7F}\u{10FFFF}\"",
            #"{"a":1,"A":2,"a ":3,"":4}"#, "[\"\\uFFFF\"]",
        ])
    func allowed(_ text: String) throws {
        _ = try read(text)
    }

    @Test(
        "texts that it does not allow, or that two readers might read differently",
        arguments: [
            "", " ", "nul", "nulll", "True", "NaN", "Infinity", "-Infinity", "undefined", "'a'", "a", "01", "-01", "00",
            "+1", "1.", ".5", "-",
            "1e", "1e+", "1.e5", "0x10", "1_000", "--1", "1 2", "[1,]", "[,1]", "[1 2]", "[", "]", "[1", "{", "}", "{]",
            #"{"a"}"#,
            #"{"a":}"#, #"{"a":1,}"#, #"{,}"#, #"{a:1}"#, #"{"a" 1}"#, #"{1:2}"#, #"{"a":1 "b":2}"#, #"{"a":1}}"#,
            "{} {}", "[]x", "1,",
            "\"", "\"a", #""\"#, #""\x""#, #""\u""#, #""\u12""#, #""\u12g4""#, #""\ud800""#, #""\ud800\u0041""#,
            #""\udc00""#,
            #""\ud800\ud800""#, #""\udc00\ud800""#, #""\ud83d\n""#, "\"\n\"", "\"\t\"", "\"\u{0}\"", "\"\u{1F}\"",
            "\u{FEFF}{}", "//c\n1", "/*c*/1",
            #"{"a":1,"a":1}"#, #"{"a":1,"\u0061":1}"#, #"{"\u0061":1,"a":1}"#, #"{"\u0061":1,"\u0061":2}"#,
            #"{"x":{"a":1,"a":2}}"#,
            #"[{"a":1,"b":2,"a":3}]"#, #"{"🙂":1,"\ud83d\ude42":1}"#, #"{"":1,"":2}"#,
            #"{"a":[{"b":1}],"c":{"d":{"e":1,"e":1}}}"#,
            #"{"/":1,"\/":2}"#, "1\u{0}", "\u{0}1", "\u{A0}1", "\u{2028}1",
        ])
    func refused(_ text: String) {
        #expect(throws: StrictJSON.Fault.self) { try read(text) }
    }

    @Test(
        "bytes that are no UTF-8, in names and in texts",
        arguments: [
            [0x80], [0xBF], [0xC0, 0xAF], [0xC1, 0xBF], [0xC3], [0xC3, 0x28], [0xE0, 0x9F, 0xBF], [0xE2, 0x82],
            [0xED, 0xA0, 0x80],
            [0xED, 0xBF, 0xBF], [0xEF, 0xBF], [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x9F, 0x99], [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFE], [0xFF],
        ] as [[UInt8]])
    func invalidUTF8(_ bytes: [UInt8]) {
        let quote = [UInt8(ascii: "\"")]
        #expect(throws: StrictJSON.Fault.self) { try StrictJSON(quote + bytes + quote) }
        #expect(throws: StrictJSON.Fault.self) {
            try StrictJSON(Array(#"{""#.utf8) + bytes + Array(#"":1}"#.utf8))
        }
        #expect(throws: StrictJSON.Fault.self) { try StrictJSON(bytes) }
    }

    @Test("what is well-formed UTF-8 agrees with the standard library, over all pairs and many longer runs")
    func utf8Agreement() {
        func agrees(_ bytes: [UInt8]) -> Bool {
            let ours = (try? StrictJSON([0x22] + bytes + [0x22])) != nil
            return ours == (String(validating: bytes, as: UTF8.self) != nil)
        }
        for first in UInt8(0x80)...0xFF {
            for second in UInt8(0x80)...0xFF {
                if !agrees([first, second]) { Issue.record("\(first) \(second)") }
                for rest in [[0x80], [0xBF], [0x80, 0x80], [0xBF, 0xBF]] as [[UInt8]] where first >= 0xE0 {
                    if !agrees([first, second] + rest) { Issue.record("\(first) \(second) \(rest)") }
                }
            }
        }
    }

    @Test("bounds on bytes, depth, members and values")
    func limits() throws {
        _ = try read("[1,2,3]", limits: .init(bytes: 7, depth: 1, members: 0, nodes: 4))
        #expect(throws: StrictJSON.Fault.self) { try read("[1,2,3]", limits: .init(bytes: 6)) }
        #expect(throws: StrictJSON.Fault.self) { try read("[1,2,3]", limits: .init(nodes: 3)) }
        #expect(throws: StrictJSON.Fault.self) { try read("[[1]]", limits: .init(depth: 1)) }
        #expect(throws: StrictJSON.Fault.self) { try read(#"{"a":{"b":1}}"#, limits: .init(depth: 1)) }
        #expect(throws: StrictJSON.Fault.self) { try read(#"{"a":1,"b":2}"#, limits: .init(members: 1)) }
        _ = try read(#"[{"a":1},{"b":2}]"#, limits: .init(members: 1))
        #expect(throws: StrictJSON.Fault.self) { try read(String(repeating: "[", count: 60_000)) }
    }

    @Test("a fault says where, and nothing of what stands there")
    func faults() {
        let fault = #expect(throws: StrictJSON.Fault.self) { try read(#"{"secret":"s","secret":"t"}"#) }
        #expect(fault?.reason == "a member is repeated")
        #expect(fault?.offset == 22)
        #expect(fault?.description == "a member is repeated at byte 22")
    }

    @Test("values are found, in order, whatever stands between them")
    func navigation() throws {
        let json = try read(#"{"a":{"x":[1,{"a":2}]},"b":[true,"t",null,-7,{}],"c\u0064":"e\u00e9\n","n":null}"#)
        #expect(json.members(json.root).map { json.string($0.name) } == ["a", "b", "cd", "n"])
        let list = try #require(json.member(json.root, "b"))
        #expect(json.elements(list).map { json.kind($0) } == [.true, .string, .null, .number, .object])
        let text = try #require(json.member(json.root, "cd"))
        #expect(json.string(text) == "eé\n")
        #expect(json.utf8(text) == Array("eé\n".utf8))
        #expect(json.equals(text, "eé\n"))
        #expect(json.equals(text, Array("eé\n".utf8)))
        #expect(!json.equals(text, "e"))
        #expect(String(decoding: json.raw(text), as: UTF8.self) == #"e\u00e9\n"#)
        #expect(json.member(json.root, "x") == nil)
        #expect(json.member(list, "a") == nil)
        #expect(json.string(list) == nil)
        #expect(json.floor(text) == nil)
        #expect(Array(json.elements(json.root)).isEmpty)
    }

    @Test(
        "numbers are floored exactly",
        arguments: [
            ("0", 0), ("-0", 0), ("-0.0", 0), ("7", 7), ("-7", -7), ("1.9", 1), ("-1.1", -2), ("-1.0", -1),
            ("1e3", 1_000),
            ("1.5e3", 1_500), ("12345e-2", 123), ("-12345e-2", -124), ("1e-400", 0), ("-1e-400", -1),
            ("0e999999999", 0),
            ("0.000e5", 0), ("9007199254740992", 9_007_199_254_740_992), ("-9007199254740992", -9_007_199_254_740_992),
            ("9007199254740992.5", 9_007_199_254_740_992), ("1800000000.999999999999", 1_800_000_000),
            ("0.00000000018e19", 1_800_000_000), ("100000000000000000000e-20", 1), ("1.0E+2", 100),
        ] as [(String, Int64)])
    func floor(_ text: String, _ expected: Int64) throws {
        let json = try read(text)
        #expect(json.floor(json.root) == expected)
    }

    @Test(
        "numbers beyond 2^53 have no value that all readers share",
        arguments: [
            "9007199254740993", "-9007199254740993", "-9007199254740992.5", "1e16", "1e400", "-1e400",
            "99999999999999999999",
            "0.1e999999999999999999999", "123456789012345678901234567890e-5",
        ])
    func beyond(_ text: String) throws {
        let json = try read(text)
        #expect(json.floor(json.root) == nil)
    }

    @Test(
        "a whole number is spelled as one",
        arguments: [("5", 5), ("-5", -5), ("5.0", nil), ("5e0", nil), ("\"5\"", nil)] as [(String, Int64?)])
    func integer(_ text: String, _ expected: Int64?) throws {
        let json = try read(text)
        #expect(json.integer(json.root) == expected)
    }
}
