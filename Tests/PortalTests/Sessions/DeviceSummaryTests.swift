import Testing

@testable import Portal

@Suite struct DeviceSummaryTests {
    static let agents: [(String, String)] = [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Windows"),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
            "Chrome on Linux"
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 "
                + "Safari/537.36 Edg/140.0.0.0", "Edge on Windows"
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 "
                + "Safari/605.1.15", "Safari on Mac"
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
                + "Version/18.5 Mobile/15E148 Safari/604.1", "Safari on iPhone"
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
                + "CriOS/140.0.0.0 Mobile/15E148 Safari/604.1", "Chrome on iPhone"
        ),
        (
            "Mozilla/5.0 (Linux; Android 15; SM-S931B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 "
                + "Chrome/130.0.0.0 Mobile Safari/537.36", "Samsung Internet on Android"
        ),
        (
            "Mozilla/5.0 (Linux; U; Android 4.0; de) AppleWebKit/534.30 (KHTML, like Gecko) Version/4.0 Mobile "
                + "Safari/534.30", "a browser on Android"
        ),
        ("curl/8.5.0", "curl"), ("", "an unknown device"), ("my script", "an unknown device"),
        // Within a name it is another product, or none.
        ("NotFirefox/1 (Windows)", "a browser on Windows"), ("xcurl/1", "an unknown device"),
        ("<script>alert(1)</script>", "an unknown device"),
    ]

    @Test("browsers and systems are told by name, and nothing is guessed", arguments: agents)
    func summaries(_ agent: String, _ expected: String) {
        #expect(DeviceSummary(userAgent: agent).text == expected)
    }

    @Test("what a client writes there is never repeated, however long")
    func bounded() {
        let long = String(repeating: "x", count: 5000) + " Firefox/1 (Windows)"
        #expect(DeviceSummary(userAgent: long).text == "an unknown device")
    }
}
