// What requests are made of.
extension RequestGenerator {
    static let methods = [
        "GET", "GET", "GET", "HEAD", "POST", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", "PURGE",
        "PROPFIND", "get", "G\u{0}T", "M-SEARCH", "FOO", "PRI", "",
    ]
    static let targets = [
        "/", "/a", "/api/v1/customers?x=1&y=%20", "/a/../b", "//a", "/a;b=c", "/%2e%2e/", "/a|b", "/\"{}^`<>",
        "http://example.com/a?b", "HTTP://EXAMPLE.com", "http://example.com?q=/", "/?",
        "/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ]
    static let oddTargets = [
        "*", "", "a", "/a b", "/a#b", "/\t", "http://other.com/", "http://u@example.com/", "ftp://example.com/",
        "example.com:443", "http:///a", "https://example.com:80/", "/\u{E9}", "/\u{7F}", "?a", "http://example.com#a",
    ]
    static let oddVersions = [
        "HTTP/2.0", "HTTP/1.2", "HTTP/0.9", "http/1.1", "HTTP/1.1 ", " HTTP/1.1", "HTTP/11", "HTTP/1.", "", "HTTP/1.10",
        "RTSP/1.0", "ICE/1.0", "HTTP/1,1",
    ]
    static let oddHosts = [
        "Host: ", "Host: a b", "Host: u@example.com", "Host: example.com/x", "Host: example.com:80:80",
        "Host : example.com",
        "Host: [::1]:80", "Host: example.com\r\nHost: example.com", "host:example.com", "HOST: EXAMPLE.COM",
        "Host: a,b",
        "Host: example.com:", "Host: \u{E9}.com", "Host:\texample.com\t", "Ho\u{0}st: example.com",
    ]
    static let names = [
        "Accept", "accept-encoding", "User-Agent", "Cookie", "X-User-Id", "x_user_id", "X-A", "Via", "Origin", "A",
        "Authorization", "X-Forwarded-For", "If-None-Match", "x-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "1",
        "!#$%&'*+-.^_`|~", "Trailer", "TE", "Keep-Alive", "Accept-Language",
    ]
    static let values = [
        "a", "", "a, b", "text/html; q=0.8", "\"quoted\"", "gzip", "a b\tc", "\u{E9}", "1", "close", "chunked", ":",
        ",",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ]
    static let oddFields = [
        "Connection: close", "Connection: keep-alive", "Connection: upgrade\r\nUpgrade: websocket", "Upgrade: h2c",
        "Connection: x-a, te", "Connection: a b", "Connection: ,", "Connection: close, keep-alive", "connection: Close",
        "Expect: 100-continue", "Expect: 200-ok", "Proxy-Connection: keep-alive", "Proxy-Connection: close",
        "Proxy-Connection: upgrade", "Connection: keep-alive ,",
        "Connection: keep-alive\t", "Connection:keep-alive,", "Proxy-Connection: a, close", "Content-Length: 5",
        "Content-Length: +5",
        "Content-Length: 5, 5", "Content-Length: ", "Content-Length: 0x5", "Content-Length: 99999999999999999999",
        "Content-Length: 05", "Content-Length: 5 5", "Content_Length: 5", "Content-Length : 5", " Folded: a",
        "\tFolded: a",
        "A\r\n folded", ": empty", "No-Colon", "Sp ace: a", "A: b\rc", "A: b\nc", "A: b\u{0}c", "A: b\u{7F}c",
        "A: b\u{B}",
        "Transfer.Encoding: chunked", "Transfer-Encoding : chunked", "A\u{80}: b", "(A): b", "A: \u{1}", "A\t: b",
        "A:: b",
    ]
    static let oddEncodings = [
        "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: chunked, gzip", "Transfer-Encoding: identity",
        "Transfer-Encoding: xchunked", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: CHUNKED", "Transfer-Encoding: \"chunked\"", "Transfer-Encoding: chunked;q=1",
        "Transfer-Encoding:\tchunked ", "Transfer-Encoding: ", "Transfer-Encoding: chunked,",
        "Transfer-Encoding: , chunked",
        "Transfer-Encoding: chunked, chunked", "Transfer_Encoding: chunked", "Transfer-Encoding: chun\u{0}ked",
        "Transfer-Encoding: chunked\r\n\t", "TRANSFER-ENCODING: chunked", "Transfer-Encoding:chunked",
    ]
    static let extensions = [
        ";a", ";a=b", ";a=\"b;c\"", ";a;b=c;d", ";", " ;a", ";a ", "; a", ";a=", ";a=\"", ";\u{0}", " ", "\t",
        ";a=\"\\\"\"",
        ";=b", "x", ";a=\u{E9}", ";a\n", "g",
    ]
    static let oddEnds = ["\n", "\r", "\n\r", "\r\r\n", "", "\r\n ", "\u{85}", "\u{2028}", "\u{0}\r\n"]
    static let oddBytes: [UInt8] =
        Array("\r\n\t :,;_.#@/\\\"'()-+0159afxAFX".utf8) + [
            0, 0x0B, 0x0C, 0x1F, 0x7F, 0x80, 0x85, 0xA0, 0xFF, 0x8D, 0x8A,
        ]
}
