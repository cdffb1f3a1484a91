import Testing

@testable import Gateway

@Suite("Date of the gateway's own answers")
struct AnswerDateTests {
    @Test(
        "IMF-fixdate (RFC 9110 §5.6.7)",
        arguments: [
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (951_782_399, "Mon, 28 Feb 2000 23:59:59 GMT"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (4_102_444_800, "Fri, 01 Jan 2100 00:00:00 GMT"),
        ])
    func fixed(_ seconds: Int64, _ text: String) {
        var date = AnswerDate()
        #expect(date.value(now: seconds) == text)
        // As it is remembered, and another's after it.
        #expect(date.value(now: seconds) == text)
        #expect(date.value(now: seconds + 86_400) != text)
        #expect(date.value(now: seconds) == text)
    }
}
