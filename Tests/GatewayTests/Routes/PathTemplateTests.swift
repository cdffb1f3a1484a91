import Gateway
import Testing

@Suite("Path templates, hosts, durations and sizes")
struct PathTemplateTests {
    @Test("captures stand for one whole segment that is not empty")
    func captures() throws {
        let template = try PathTemplate("/api/{user}/orders/{order_2}")
        #expect(template.captures == ["user", "order_2"])
        #expect(template.captures(of: "/api/7/orders/a%20b") == ["user": "7", "order_2": "a%20b"])
        for path in [
            "/api/7/orders", "/api/7/orders/", "/api//orders/1", "/api/7/8/orders/1", "/api/7/orders/1/",
            "/Api/7/orders/1",
            "/api/7/order/1", "/",
        ] {
            #expect(template.captures(of: path) == nil, "\(path)")
        }
        #expect(try PathTemplate("/a/{b}/").captures(of: "/a/x/") == ["b": "x"])
        #expect(try PathTemplate("/").captures(of: "/") == [:])
    }

    @Test("a template is filled with what another captured")
    func filled() throws {
        let captured = try #require(try PathTemplate("/u/{id}/{kind}").captures(of: "/u/7/new"))
        #expect(try PathTemplate("/v2/{kind}/of/{id}").filled(with: captured) == "/v2/new/of/7")
        #expect(try PathTemplate("/plain").filled(with: captured) == "/plain")
    }

    @Test("more segments than 64 are refused")
    func bounded() throws {
        _ = try PathTemplate(String(repeating: "/a", count: 64))
        #expect(throws: PathTemplate.Fault.self) { try PathTemplate(String(repeating: "/a", count: 65)) }
        #expect(throws: PathTemplate.Fault.self) { try PathTemplate("/" + String(repeating: "a", count: 2048)) }
    }

    @Test(
        "a duration has a whole number and a unit",
        arguments: [
            ("500ms", 500), ("0s", 0), ("2s", 2000), ("15m", 900_000), ("24h", 86_400_000), ("007s", 7000), ("2", nil),
            ("", nil), ("s", nil), ("1.5s", nil), ("-1s", nil), ("+1s", nil), ("1 s", nil), ("1S", nil), ("1d", nil),
            ("1s ", nil), ("٣s", nil), ("9999999999999999999s", nil), ("999999999999h", nil), ("87601h", nil),
        ] as [(String, Int64?)])
    func durations(_ text: String, _ milliseconds: Int64?) {
        #expect(DurationText.milliseconds(text) == milliseconds)
    }

    @Test(
        "a size has a whole number and a unit of powers of two, or is bytes",
        arguments: [
            ("512", 512), ("0", 0), ("1B", 1), ("64KiB", 65_536), ("32MiB", 33_554_432), ("1GiB", 1_073_741_824),
            ("32MB", nil), ("32M", nil), ("1kib", nil), ("1.5MiB", nil), ("-1", nil), ("", nil), ("MiB", nil),
            ("1 KiB", nil), ("1048577GiB", nil), ("99999999999999999999", nil), ("1TiB", nil),
        ] as [(String, Int64?)])
    func sizes(_ text: String, _ bytes: Int64?) {
        #expect(ByteSizeText.bytes(text) == bytes)
    }

    @Test("both are written in the largest unit that keeps them whole, and read again")
    func written() {
        for (value, text) in [(Int64(500), "500ms"), (60_000, "1m"), (90_000, "90s"), (3_600_000, "1h"), (0, "0ms")] {
            #expect(DurationText.text(milliseconds: value) == text)
            #expect(DurationText.milliseconds(text) == value)
        }
        for (value, text) in [(Int64(1), "1B"), (1024, "1KiB"), (1_572_864, "1536KiB"), (1 << 30, "1GiB"), (0, "0B")] {
            #expect(ByteSizeText.text(bytes: value) == text)
            #expect(ByteSizeText.bytes(text) == value)
        }
    }

    @Test(
        "a host is a name or a wildcard before one",
        arguments: [
            ("Example.ORG", "example.org"), ("*.example.org", "*.example.org"), ("10.0.0.7", "10.0.0.7"),
            ("localhost", "localhost"), ("xn--bcher-kva.example", "xn--bcher-kva.example"), ("*", nil), ("*.", nil),
            ("*example.org", nil), ("a.*.org", nil), ("a..b", nil), (".a", nil), ("a.", nil), ("a:80", nil),
            ("a/b", nil), ("[::1]", nil), ("bücher.example", nil), ("-a", nil), ("a-", nil), ("", nil), ("a b", nil),
        ] as [(String, String?)])
    func hosts(_ text: String, _ expected: String?) {
        #expect(HostPattern(text)?.text == expected)
    }
}
