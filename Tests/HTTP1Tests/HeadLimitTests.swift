import HTTP1
import NIOCore
import Testing

@Suite("Limits of a request head")
struct HeadLimitTests {
    private static func head(of count: Int) -> String {
        let frame = Heads.with("A: ")
        return Heads.with("A: " + String(repeating: "b", count: count - frame.utf8.count))
    }

    @Test("a head of the limit is read, one byte more is refused", arguments: [100, 1000, 4096])
    func headBytes(limit: Int) throws {
        let limits = HeadLimits(headBytes: limit)
        #expect(try Heads.request(Self.head(of: limit), limits: limits)?.length == limit)
        #expect(Heads.fault(Self.head(of: limit + 1), limits: limits) == .headTooLarge)
    }

    @Test("a head that never ends is refused as soon as the limit is reached, in one piece or in drops")
    func endless() {
        let limits = HeadLimits(headBytes: 200)
        let bytes = Array("GET / HTTP/1.1\r\nHost: a\r\nA: ".utf8) + Array(repeating: UInt8(ascii: "b"), count: 200)
        #expect(OwnReader.read(bytes, limits: limits).fault == "head_too_large")
        #expect(OwnReader.read(bytes, sizes: repeatElement(1, count: 228), limits: limits).fault == "head_too_large")
        #expect(OwnReader.read(Array(bytes.prefix(199)), limits: limits).fault == nil)
        #expect(OwnReader.read(Array(bytes.prefix(200)), limits: limits).fault == "head_too_large")
    }

    @Test("a target of the limit is read, one byte more is refused")
    func target() throws {
        let limits = HeadLimits(targetBytes: 64)
        func request(_ count: Int) -> String {
            "GET /" + String(repeating: "a", count: count - 1) + " HTTP/1.1\r\nHost: a\r\n\r\n"
        }
        #expect(try Heads.request(request(64), limits: limits)?.target.range.count == 64)
        #expect(Heads.fault(request(65), limits: limits) == .targetTooLong)
        #expect(Heads.fault(request(100_000), limits: limits) == .targetTooLong)
        // Without an end in sight.
        #expect(Heads.fault("GET /" + String(repeating: "a", count: 200), limits: limits) == .targetTooLong)
    }

    @Test("fields up to the limit are read, one more is refused, and 100,000 are refused at the first too many")
    func fields() throws {
        let limits = HeadLimits(headBytes: 1 << 20, fields: 20)
        func request(_ count: Int) -> String {
            "GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "A: b\r\n", count: count - 1) + "\r\n"
        }
        #expect(try Heads.request(request(20), limits: limits)?.fields.count == 20)
        #expect(Heads.fault(request(21), limits: limits) == .tooManyFields)
        #expect(Heads.fault(request(100_000), limits: limits) == .tooManyFields)
    }

    @Test("a Connection line that names many fields costs a bounded look, not a product")
    func connectionOptions() throws {
        let named = (0..<32).map { "x-\($0)" }.joined(separator: ", ")
        #expect(
            try Heads.request(Heads.with("Connection: \(named)", "X-7: a"))?.fields.last?.marks == .namedByConnection)
        #expect(Heads.fault(Heads.with("Connection: \(named)", "Connection: a")) == .tooManyConnectionOptions)
    }
}
