import HTTP1
import NIOCore
import Testing

@testable import Gateway

@Suite("What an upstream may say, and when")
struct ResponseReaderTests {
    /// What is heard of an upstream, in order.
    private struct Wire {
        private var reader = ResponseReader(limits: HeadLimits())
        private(set) var events: [String] = []
        private var hasFailed = false

        mutating func ask(isToHEAD: Bool = false, output: ChunkedBodyParser.Output = .data) {
            reader.expect(isToHEAD: isToHEAD, output: output)
        }

        mutating func say(_ text: String) {
            guard !hasFailed else { return }
            reader.receive(ByteBuffer(string: text))
            do throws(ResponseFault) {
                while let event = try reader.next() { hear(event) }
            } catch {
                hasFailed = true
                events.append("fault: \(error)")
            }
        }

        mutating func close() {
            if let event = reader.closed() { hear(event) }
        }

        private mutating func hear(_ event: ResponseReader.Event) {
            switch event {
            case .interim(let response): events.append("interim \(response.head.status)")
            case .head(let response): events.append("\(response.head.status)")
            case .body(let bytes): events.append(String(buffer: bytes))
            case .end(let overrun): events.append(overrun ? "end, overrun" : "end")
            }
        }
    }

    private static let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"

    @Test("an answer is an answer however its bytes arrive", arguments: [1, 3, 1_000])
    func pieces(size: Int) throws {
        var wire = Wire()
        wire.ask()
        let bytes = Array(Self.answer.utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            wire.say(String(decoding: bytes[start..<min(start + size, bytes.count)], as: UTF8.self))
        }
        #expect(wire.events.first == "200" && wire.events.last == "end")
        #expect(wire.events.dropFirst().dropLast().joined() == "hi")
    }

    @Test("what comes before a request is no answer to the next one")
    func unsolicited() throws {
        var wire = Wire()
        wire.say(Self.answer)
        wire.ask()
        wire.say(Self.answer)
        #expect(wire.events == ["fault: it spoke before it was asked"])
    }

    @Test("what comes behind an answer is told of before its end, and is no answer to the next request")
    func overrun() throws {
        var wire = Wire()
        wire.ask()
        wire.say(Self.answer + Self.answer)
        #expect(wire.events == ["200", "hi", "end, overrun", "fault: it spoke before it was asked"])
        wire.ask()
        wire.say(Self.answer)
        #expect(wire.events.count == 4)
    }

    @Test("a HEAD's answer has no body, whatever it announces; the next one has its own")
    func toHEAD() throws {
        var wire = Wire()
        wire.ask(isToHEAD: true)
        wire.say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
        wire.ask()
        wire.say(Self.answer)
        #expect(wire.events == ["200", "end", "200", "hi", "end"])
    }

    @Test("interim answers are told apart from the answer, and there is an end to them")
    func interims() throws {
        var wire = Wire()
        wire.ask()
        wire.say("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + Self.answer)
        #expect(wire.events == ["interim 100", "interim 103", "200", "hi", "end"])
        var flood = Wire()
        flood.ask()
        flood.say(String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 17))
        #expect(flood.events.dropFirst(16) == ["fault: too many interim responses"])
    }

    @Test("a body that lasts until the connection closes ends with it, and one of a stated length does not")
    func untilClose() throws {
        for (head, ends) in [("", true), ("Content-Length: 20\r\n", false)] {
            var wire = Wire()
            wire.ask()
            wire.say("HTTP/1.1 200 OK\r\n\(head)\r\nall of it")
            wire.close()
            #expect(wire.events.contains("end") == ends)
        }
    }

    @Test(
        "chunks are read as the data in them, or as they are with their trailers, however they arrive", arguments: 1...9
    )
    func chunks(size: Int) throws {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        let chunks = "2\r\nab\r\n1\r\nc\r\n0\r\nX-Sum: 9\r\n\r\n"
        for (output, body) in [(ChunkedBodyParser.Output.data, "abc"), (.chunks, chunks)] {
            var wire = Wire()
            wire.ask(output: output)
            let bytes = Array((head + chunks).utf8)
            for start in stride(from: 0, to: bytes.count, by: size) {
                wire.say(String(decoding: bytes[start..<min(start + size, bytes.count)], as: UTF8.self))
            }
            #expect(wire.events.dropFirst().dropLast().joined() == body)
            #expect(wire.events.last == "end")
        }
    }

    @Test(
        "what two readers could read in two ways is a fault",
        arguments: [
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhi",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n", "HTTP/1.1 200 OK\nX: a\n\n", "HTTP/1.1 2000 OK\r\n\r\n",
            "ICY 200 OK\r\n\r\n", "\u{16}\u{3}\u{1}\r\n\r\n",
        ])
    func ambiguous(text: String) throws {
        var wire = Wire()
        wire.ask()
        wire.say(text)
        #expect(wire.events.count == 1)
        #expect(wire.events.first?.hasPrefix("fault: ") == true, "\(wire.events)")
    }
}
