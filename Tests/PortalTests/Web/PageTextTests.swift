import Testing

@testable import Portal

@Suite struct PageTextTests {
    @Test(
        "markup is text, also behind combining marks",
        arguments: [
            ("<script>", "&lt;script&gt;"), ("a & b", "a &amp; b"), ("\"'", "&quot;&#39;"),
            ("\"\u{301} onfocus=x", "&quot;\u{301} onfocus=x"), ("<\u{301}img", "&lt;\u{301}img"),
            ("'\u{20E3}", "&#39;\u{20E3}"), ("a\0b", "ab"), ("plain é", "plain é"),
        ])
    func escapes(text: String, html: String) {
        #expect(PageText(text).renderText == html)
    }
}
