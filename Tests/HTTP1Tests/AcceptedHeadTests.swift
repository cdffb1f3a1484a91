import HTTP1
import NIOCore
import Testing

@Suite("Request heads that are read")
struct AcceptedHeadTests {
    @Test("a head's parts are found where they lie, whitespace around values left out")
    func parts() throws {
        let text =
            "POST /a/b?c=d HTTP/1.1\r\nHost: example.com:8000\r\nA:b\r\nEmpty:\r\nSpaced: \t a \t b\t \r\n\r\nrest"
        let head = try #require(try Heads.request(text))
        #expect(head.method == .post)
        #expect(Heads.text(head.methodRange, of: text) == "POST")
        #expect(Heads.text(head.target.range, of: text) == "/a/b?c=d")
        #expect(head.target.pathRange == head.target.range)
        #expect(head.target.form == .origin)
        #expect(head.minorVersion == 1)
        #expect(head.length == text.utf8.count - 4)
        #expect(head.fields.map { Heads.text($0.nameRange, of: text) } == ["Host", "A", "Empty", "Spaced"])
        #expect(head.fields.map { Heads.text($0.valueRange, of: text) } == ["example.com:8000", "b", "", "a \t b"])
        #expect(
            head.fields.map { Heads.text($0.lineRange, of: text) } == [
                "Host: example.com:8000\r\n", "A:b\r\n", "Empty:\r\n", "Spaced: \t a \t b\t \r\n",
            ])
        #expect(head.framing == .none)
        #expect(head.keepAlive)
    }

    @Test(
        "methods are told apart by their exact text",
        arguments: [
            ("GET", Method.get), ("HEAD", .head), ("POST", .post), ("PUT", .put), ("DELETE", .delete),
            ("OPTIONS", .options),
            ("TRACE", .trace), ("PATCH", .patch), ("get", .other), ("GETT", .other), ("PURGE", .other),
            ("M-SEARCH", .other),
            ("XXGETGET", .other), ("AAAAAAAAGET", .other), ("CONNECTED", .other), ("connect", .other),
        ])
    func methods(text: String, method: Method) throws {
        let head = try #require(try Heads.request("\(text) / HTTP/1.1\r\nHost: a\r\n\r\n"))
        #expect(head.method == method)
        #expect(head.methodRange == 0..<text.utf8.count)
    }

    @Test(
        "hosts with and without a port, IPv6 too",
        arguments: [
            "a", "a.b-c_d.example", "127.0.0.1", "a:1", "a:65535", "[::1]", "[::ffff:1.2.3.4]:80", "EXAMPLE.com",
        ])
    func hosts(host: String) throws {
        let text = "GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n"
        let head = try #require(try Heads.request(text))
        #expect(Heads.text(try #require(head.fields.first(.host)).valueRange, of: text) == host)
    }

    @Test(
        "an absolute target is read where its authority is the Host",
        arguments: [
            ("http://a/b?c", "a", "/b?c"), ("https://A:80", "a:80", ""), ("HTTP://a?c", "A", "?c"),
            ("http://[::1]:80/", "[::1]:80", "/"),
        ])
    func absolute(target: String, host: String, path: String) throws {
        let text = "GET \(target) HTTP/1.1\r\nHost: \(host)\r\n\r\n"
        let head = try #require(try Heads.request(text))
        #expect(head.target.form == .absolute)
        #expect(Heads.text(head.target.range, of: text) == target)
        #expect(Heads.text(head.target.authorityRange, of: text).lowercased() == host.lowercased())
        #expect(Heads.text(head.target.pathRange, of: text) == path)
    }

    @Test("the target * goes with OPTIONS")
    func asterisk() throws {
        #expect(try Heads.request("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n")?.target.form == .asterisk)
    }

    @Test("HTTP/1.0 needs no Host, and one empty line before a request is passed over")
    func lenient() throws {
        let old = try #require(try Heads.request("GET / HTTP/1.0\r\n\r\n"))
        #expect(old.minorVersion == 0)
        let text = "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"
        let head = try #require(try Heads.request(text))
        #expect(head.methodRange == 2..<5)
        #expect(head.length == text.utf8.count)
    }

    @Test("obs-text and tabs are passed on in values")
    func opaque() throws {
        let bytes =
            Array("GET / HTTP/1.1\r\nHost: a\r\nA: ".utf8) + [0x80, 0x09, 0xFF, 0x8D, 0x8A] + Array("\r\n\r\n".utf8)
        let value = try #require(try Heads.request(bytes)?.fields.last?.valueRange)
        #expect(Array(bytes[value]) == [0x80, 0x09, 0xFF, 0x8D, 0x8A])
    }

    @Test("every token character may stand in a name, in every place of a word")
    func tokens() throws {
        let characters = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
        for byte in UInt8.min...UInt8.max where byte != UInt8(ascii: ":") {
            for place in 0..<9 {
                var name = Array(repeating: UInt8(ascii: "a"), count: 9)
                name[place] = byte
                let bytes = Array("GET / HTTP/1.0\r\n".utf8) + name + Array(":b\r\n\r\n".utf8)
                let isRead = (try? Heads.request(bytes)) != nil
                #expect(isRead == characters.utf8.contains(byte), "\(byte) at \(place)")
            }
        }
    }

    @Test("every byte but control bytes may stand in a value, in every place of a word")
    func values() throws {
        for byte in UInt8.min...UInt8.max {
            for place in 0..<9 {
                var value = Array(repeating: UInt8(ascii: "a"), count: 9)
                value[place] = byte
                let bytes = Array("GET / HTTP/1.0\r\nA: ".utf8) + value + Array("\r\n\r\n".utf8)
                let isRead = (try? Heads.request(bytes)) != nil
                #expect(isRead == (byte == 0x09 || byte >= 0x20 && byte != 0x7F), "\(byte) at \(place)")
            }
        }
    }

    @Test("every visible character but # may stand in a target, in every place of a word")
    func targets() throws {
        for byte in UInt8.min...UInt8.max {
            for place in 1..<10 {
                var target = Array(repeating: UInt8(ascii: "/"), count: 10)
                target[place] = byte
                let bytes = Array("GET ".utf8) + target + Array(" HTTP/1.0\r\n\r\n".utf8)
                let isRead = (try? Heads.request(bytes)) != nil
                #expect(isRead == (byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "#")), "\(byte) at \(place)")
            }
        }
    }

    @Test("requests that follow each other on a connection are read one by one, with the same storage")
    func pipelined() throws {
        let texts = [Heads.with("A: b"), "\r\n" + Heads.with("B: c", "C: d"), Heads.with()]
        var buffer = ByteBuffer(string: texts.joined())
        var parser = RequestHeadParser(names: Heads.names)
        var counts: [Int] = []
        while buffer.readableBytes > 0 {
            #expect(try parser.parse(buffer))
            #expect(try parser.parse(buffer), "a whole head stays whole until it is done with")
            counts.append(parser.head.fields.count)
            buffer.moveReaderIndex(forwardBy: parser.head.length)
            parser.reset()
            #expect(parser.isIdle)
        }
        #expect(counts == [2, 3, 1])
    }

    @Test("a head that comes byte by byte is whole at its last byte and not before")
    func dripped() throws {
        let bytes = Array(
            ("\r\n" + Heads.with("Content-Length: 5", "X-User-Id: a", "Long: " + String(repeating: "a", count: 50)))
                .utf8)
        var parser = RequestHeadParser(names: Heads.names)
        var buffer = ByteBuffer()
        for (index, byte) in bytes.enumerated() {
            buffer.writeInteger(byte)
            #expect(try parser.parse(buffer) == (index == bytes.count - 1))
        }
        let whole = try #require(try Heads.request(bytes))
        #expect(parser.head.fields.elementsEqual(whole.fields))
        #expect(parser.head.length == whole.length)
        #expect(parser.head.framing == .length(5))
    }
}
