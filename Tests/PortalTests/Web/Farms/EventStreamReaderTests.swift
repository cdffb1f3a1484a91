import Testing

@testable import Portal

@Suite struct EventStreamReaderTests {
    private static let stream =
        "retry: 3000\n: following\n\nid: 1\nevent: block.state\ndata: {\"a\":1}\n\nid: 2\n\n: alive\n\ndata:x\ndata: y\n\n"

    private static let items: [EventStreamReader.Item] = [
        .comment, .event(name: "block.state", data: #"{"a":1}"#), .comment, .event(name: "", data: "x\ny"),
    ]

    @Test(
        "events are the same however the pieces are cut and lines end", arguments: [1, 3, 7, 1000],
        ["\n", "\r\n", "\r"])
    func pieces(size: Int, ending: String) throws {
        var reader = EventStreamReader()
        var found: [EventStreamReader.Item] = []
        var rest = Array(Self.stream.replacing("\n", with: ending).utf8)[...]
        while !rest.isEmpty {
            found += try reader.take(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        #expect(found == Self.items)
    }

    @Test("a line without end is not collected")
    func endless() {
        var reader = EventStreamReader()
        #expect(throws: EventStreamReader.TooLong.self) {
            _ = try reader.take([UInt8](repeating: 0x61, count: EventStreamReader.maximumBytes + 1))
        }
    }

    @Test("data of many lines is not collected without end either")
    func endlessData() {
        var reader = EventStreamReader()
        let line = Array(("data: " + String(repeating: "x", count: 1000) + "\n").utf8)
        #expect(throws: EventStreamReader.TooLong.self) {
            for _ in 0..<100 { _ = try reader.take(line) }
        }
    }
}
