import Testing

/// A comparison that can't fail proves nothing: these are readings that do differ.
@Suite("The comparison of two readers")
struct DifferentialCheckTests {
    private static let request = Array("POST /a HTTP/1.1\r\nHost: a\r\nA: b \r\nContent-Length: 3\r\n\r\nabc".utf8)

    private static let changes: [@Sendable (inout Reading) -> Void] = [
        { $0.messages[0].method = "PUT" },
        { $0.messages[0].target = "/b" },
        { $0.messages[0].minorVersion = 0 },
        { $0.messages[0].fields.swapAt(0, 1) },
        { $0.messages[0].body.removeLast() },
        { $0.messages[0].isComplete = false },
        { $0.messages.append($0.messages[0]) },
    ]

    @Test("finds another method, target, version, field, body, end and number of messages", arguments: 0..<7)
    func finds(index: Int) {
        var reading = OwnReader.read(Self.request)
        #expect(Differential.compare(reading, as: "accepted", reading.accepted) == nil)
        Self.changes[index](&reading)
        #expect(Differential.compare(reading, as: "accepted", reading.accepted) != nil)
    }

    @Test("finds what the peer refuses")
    func refused() {
        let reading = OwnReader.read(Self.request)
        let other = Array("POST /a HTTP/1.1\r\nHost: a\r\nA : b\r\n\r\n".utf8)
        #expect(Differential.compare(reading, as: "accepted", other) != nil)
    }
}
