import Foundation
import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import Portal

@Suite("A statement's answer as a file") struct StatementFileTests {
    @Test("it is what was answered, as an attachment that nothing keeps or guesses at, without running again")
    func file() async throws {
        try await FakeDatabase.visit { browser, stage in
            _ = try await browser.openDBUpdates()
            let (address, page) = try await browser.run("INSERT INTO skills (id) VALUES (1) RETURNING id")
            // Not before it has run.
            #expect(try await browser.get(address + "/csv").status == .notFound)
            _ = try await browser.post(address + "/confirm", ["form_token": try Browser.formToken(in: page)])
            let file = try await browser.get(address + "/csv")
            #expect(stage.statements.count == 1)
            #expect(file.status == .ok)
            #expect(file.headers[.contentType]?.hasPrefix("text/csv; charset=utf-8") == true)
            #expect(
                file.headers[.contentDisposition]?.wholeMatch(of: /attachment; filename="db-updates-\d+\.csv"/) != nil)
            #expect(file.headers[.cacheControl] == "no-store")
            #expect(file.headers[.xContentTypeOptions] == "nosniff")
            #expect(file.headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
            let markup = "<img src=x onerror=alert(1)>\"\"'"
            #expect(
                file.text == """
                    "id","\(markup)","note"\r
                    1,"\(markup)",\r
                    9007199254740993,"",\\x000102ff\r
                    -2.5,"'=1+1",NaN\r

                    """)
            let exact = try await browser.get(address + "/csv?exact=1")
            #expect(exact.text.contains("-2.5,\"=1+1\",NaN"))
        }
    }

    @Test(
        "a text that a spreadsheet would take for a formula is none any more",
        arguments: [
            "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\u{A0}=1", "\u{FF1D}1", "\u{FF0B}1",
            "\u{FF0D}1", "\u{FF20}1",
            "=\u{301}1", "=HYPERLINK(\"http://evil.example\";\"x\")",
        ])
    func formulas(_ text: String) throws {
        let result = try document(columns: [text], rows: [[text]])
        let guarded = String(decoding: StatementCSV(guardsFormulas: true).bytes(result), as: UTF8.self)
        let quoted = text.replacing("\"", with: "\"\"")
        #expect(guarded == "\"'\(quoted)\"\r\n\"'\(quoted)\"\r\n")
        let exact = String(decoding: StatementCSV(guardsFormulas: false).bytes(result), as: UTF8.self)
        #expect(exact == "\"\(quoted)\"\r\n\"\(quoted)\"\r\n")
    }

    @Test(
        "other texts stay as they are, in quotes, so that none becomes two fields",
        arguments: ["a;b", "a,b", "1-2", "'", "", "x=1"])
    func harmless(_ text: String) throws {
        let csv = StatementCSV(guardsFormulas: true).bytes(try document(columns: ["c"], rows: [[text]]))
        #expect(String(decoding: csv, as: UTF8.self) == "\"c\"\r\n\"\(text)\"\r\n")
    }

    private func document(columns: [String], rows: [[String]]) throws -> ResultDocument {
        let (head, body) = (try JSONEncoder().encode(columns), try JSONEncoder().encode(rows))
        let json =
            "{\"columns\":" + String(decoding: head, as: UTF8.self) + ",\"rows\":"
            + String(decoding: body, as: UTF8.self)
            + ",\"rows_changed\":0,\"truncated\":false,\"duration_ms\":0}"
        return try #require(ResultDocument(json: Array(json.utf8)))
    }

    @Test(
        "an answer that is none is not taken for one",
        arguments: [
            "{}", "[]", "",
            #"{"columns":["a"],"rows":[[{"blob":"***"}]],"rows_changed":0,"truncated":false,"duration_ms":0}"#,
            #"{"columns":["a"],"rows":[[{"integer":"=1+1"}]],"rows_changed":0,"truncated":false,"duration_ms":0}"#,
            #"{"columns":["a"],"rows":[[{"real":"=1+1"}]],"rows_changed":0,"truncated":false,"duration_ms":0}"#,
            #"{"columns":["a"],"rows":[[[1]]],"rows_changed":0,"truncated":false,"duration_ms":0}"#,
        ])
    func malformed(_ json: String) {
        #expect(ResultDocument(json: Array(json.utf8)) == nil)
    }
}

@Suite struct StatementFaultTests {
    @Test(
        "the database's position becomes a line and a column",
        arguments: [
            (1, 1, 1), (6, 1, 6), (8, 2, 1), (9, 2, 2), (14, 3, 1), (16, 3, 3),
        ])
    func places(_ position: Int, _ line: Int, _ column: Int) throws {
        let place = try #require(StatementFault.place(position, in: "SELECT\näöü ,\nx y"))
        #expect(place == (line, column))
    }

    @Test("a position that is none is not said", arguments: [0, -1, 20, Int.max])
    func noPlace(_ position: Int) {
        #expect(StatementFault.place(position, in: "SELECT\nx") == nil)
    }

    @Test(
        "it is read from behind the database's words alone",
        arguments: [
            ("near x (at character 12).", 12), ("(at character 3) said he (at character 4)", 4),
            ("(at character x)", nil), ("(at character 12", nil), ("", nil),
            ("(at character 99999999999999999999)", nil),
        ] as [(String, Int?)])
    func positions(_ detail: String, _ position: Int?) {
        #expect(StatementFault.position(in: detail) == position)
    }
}
