import HTTPTypes
import HummingbirdTesting
import Testing

@testable import ServerKit

/// A character with so many marks behind it, of classes that a normaliser has to sort.
private func marked(_ count: Int) -> String {
    var text = "a"
    let marks: [Unicode.Scalar] = ["\u{345}", "\u{301}", "\u{323}", "\u{334}"]
    for index in 0..<count { text.unicodeScalars.append(marks[index % marks.count]) }
    return text
}

// Before the check each of these attacks took minutes.
@Suite(.timeLimit(.minutes(10))) struct StreamSafeTextTests {
    static let attacks: [String] = [
        #"{"\#(marked(100_000))":1,"name":"a","count":1}"#,
        #"{"name":"\#(marked(100_000))","count":1}"#,
        #"{"name":"a","count":1,"tags":["\#(marked(100_000))"]}"#,
        #"{"\#(String(repeating: #"\u0301\u0323"#, count: 40_000))":1}"#,
    ]

    @Test(
        "marks without end are refused before a text is compared, in names, values and lists, escaped or not",
        arguments: attacks.indices)
    func refused(index: Int) async throws {
        let answer = try await World().send(
            .post, "/open", [.contentType: "application/json"], body: Self.attacks[index])
        #expect(answer.status == .badRequest)
        #expect(answer.text.contains("malformed_request"))
    }

    @Test("languages that need several marks behind a character are let in")
    func languages() async throws {
        for name in ["Việt Nguyễn", "ក្រុង", "שָׁלוֹם", "e\u{301}\u{323}\u{308}", marked(30)] {
            let body = #"{"name":"\#(name)","count":1}"#
            #expect(
                try await World().send(.post, "/open", [.contentType: "application/json"], body: body).status == .ok)
        }
        #expect(!StreamSafeText.isSafe(marked(31)))
    }

    @Test("a member that repeats is refused: two readers could see two values")
    func repeated() async throws {
        let answer = try await World().send(
            .post, "/open", [.contentType: "application/json"], body: #"{"name":"a","name":"b","count":1}"#)
        #expect(answer.status == .badRequest)
    }

    @Test("a target beyond 8 KiB is refused before its parameters are read")
    func target() async throws {
        let world = try await World()
        let marks = String(repeating: "%CC%81%CC%A3", count: 1000)
        let answer = try await world.get("/page?a\(marks)=1")
        #expect(answer.status == .uriTooLong)
        #expect(try await world.get("/page?page=2").status == .ok)
    }
}
