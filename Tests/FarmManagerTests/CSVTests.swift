import Testing

@testable import FarmManager

@Suite("CSV (RFC 4180)")
struct CSVTests {
    static let limits = CSVReader.Limits(records: 4, columns: 3, field: 12)

    private func read(_ text: String) throws(CSVReader.Fault) -> [CSVReader.Record] {
        try CSVReader.records(in: Array(text.utf8), limits: Self.limits)
    }

    static let texts: [(String, [[String]])] = [
        ("a,b\r\n1,2\r\n", [["a", "b"], ["1", "2"]]), ("a,b\n1,2", [["a", "b"], ["1", "2"]]),
        ("\"a,b\",\"c\"\"d\"\r\n", [["a,b", "c\"d"]]), ("\"x\r\ny\",z", [["x\r\ny", "z"]]), ("a,,\n", [["a", "", ""]]),
        ("\u{FEFF}a\n", [["a"]]), ("", []), ("\n\na\n\n", [["a"]]), ("\"\"", []), ("\"\",b", [["", "b"]]),
    ]

    @Test("is read", arguments: texts)
    func reads(_ text: String, _ records: [[String]]) throws {
        #expect(try read(text).map(\.fields) == records)
    }

    @Test("each record knows its line, line breaks within quotes counted")
    func lines() throws {
        #expect(try read("a\n\"x\ny\"\n\nb").map(\.line) == [1, 2, 5])
    }

    static let faults: [(String, Int)] = [
        ("a\n\"open", 2), ("a\"b", 1), ("\"a\"b", 1), ("a\nb\nc\nd\ne", 5), ("a,b,c,d", 1), ("1234567890123", 1),
        ("a\u{0}", 1),
    ]

    @Test("what is broken or beyond a bound is refused with its line", arguments: faults)
    func refuses(_ text: String, _ line: Int) {
        let fault = #expect(throws: CSVReader.Fault.self) { try read(text) }
        #expect(fault?.line == line)
    }

    @Test("bytes that are no UTF-8 are refused")
    func encoding() {
        #expect(throws: CSVReader.Fault.self) {
            try CSVReader.records(in: [0x61, 0xFF], limits: Self.limits)
        }
    }

    @Test("is written with quotes where it must be")
    func writes() {
        let record = CSVWriter.record([.text("a,b"), .text("say \"hi\""), .text("x\ny"), .plain("-5"), .number(nil)])
        #expect(record == "\"a,b\",\"say \"\"hi\"\"\",\"x\ny\",-5,\r\n")
    }

    @Test(
        "a text that a spreadsheet would execute gets a quote before it, and loses it when it comes back",
        arguments: ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "=HYPERLINK(\"http://evil\")"])
    func formula(_ text: String) throws {
        let record = CSVWriter.record([.text(text)])
        let cell = try #require(
            try CSVReader.records(in: Array(record.utf8), limits: .init(records: 2, columns: 2, field: 100)).first?
                .fields
                .first)
        #expect(cell == "'" + text)
        #expect(CSVWriter.plainText(cell) == text)
    }

    @Test("other texts stay as they are", arguments: ["'quoted'", "a=b", "", "O'Hara", "7-up"])
    func harmless(_ text: String) {
        #expect(CSVWriter.record([.text(text)]) == text + "\r\n")
        #expect(CSVWriter.plainText(text) == text)
    }
}
