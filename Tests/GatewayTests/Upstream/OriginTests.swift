import Gateway
import Testing

@Suite("Where an upstream listens")
struct OriginTests {
    @Test(
        "a URL is taken apart",
        arguments: [
            ("http://plant:8001", "plant:8001", 8001, ""), ("https://a.run.app", "a.run.app", 443, ""),
            ("http://A:80/", "a", 80, ""), ("http://[::1]:9/x/y/", "[::1]:9", 9, "/x/y"),
            ("http://[::1]", "[::1]", 80, ""),
        ])
    func parts(_ url: String, _ authority: String, _ port: Int, _ base: String) throws {
        let origin = try #require(Origin(url))
        #expect(origin.authority == authority)
        #expect(origin.port == port)
        #expect(origin.basePath == base)
    }

    @Test(
        "what is no plain http(s) URL is none",
        arguments: [
            "", "plant:8001", "ftp://x", "http://", "http://a:b", "http://a:0", "http://a:70000", "http://u@a",
            "http://a?x",
            "http://a#x", "http://[::1", "http://[::1]x", "http:// a", "HTTP://a",
        ])
    func none(_ url: String) { #expect(Origin(url) == nil) }
}
