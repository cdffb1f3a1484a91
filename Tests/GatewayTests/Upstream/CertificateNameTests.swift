import Testing

@testable import Gateway

@Suite("Names in certificates")
struct CertificateNameTests {
    @Test(
        "a name is for itself, and a wildcard for one label before at least two others",
        arguments: [
            ("a.example", "a.example", true), ("A.Example", "a.example", true), ("a.example.", "a.example", true),
            ("a.example", "a.example.", true), ("a.example", "b.a.example", false), ("b.a.example", "a.example", false),
            ("*.a.example", "b.a.example", true), ("*.a.example", "c.b.a.example", false),
            ("*.a.example", "a.example", false), ("*.a.example", ".a.example", false),
            ("*.example", "a.example", false),
            ("*", "a", false), ("*.*.example", "a.b.example", false), ("b*.a.example", "bc.a.example", false),
            ("b.*.example", "b.a.example", false), ("", "", false), ("127.0.0.1", "127.0.0.1", true),
        ])
    func matches(_ pattern: String, _ host: String, _ isFor: Bool) {
        #expect(CertificateName.matches(pattern, host: host) == isFor)
    }
}
