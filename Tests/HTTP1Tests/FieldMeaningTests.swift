import HTTP1
import Testing

@Suite("What a request's fields mean")
struct FieldMeaningTests {
    @Test("every known field is known in lower case, capitals and as written", arguments: KnownField.allCases)
    func known(field: KnownField) throws {
        guard field != .other else { return }
        let values: [KnownField: String] = [
            .contentLength: "5", .transferEncoding: "chunked", .host: "a", .expect: "100-continue",
        ]
        for name in [field.name, field.name.uppercased(), field.name.prefix(1).uppercased() + field.name.dropFirst()] {
            let head = try #require(
                try Heads.request(
                    "GET / HTTP/1.1\r\n\(name): \(values[field] ?? "a")\r\n\(field == .host ? "" : "Host: a\r\n")\r\n"))
            #expect(head.fields.first?.known == field)
            #expect(head.fields.contains(field))
            #expect(!head.fields.isRepeated(field))
        }
        let other = try #require(try Heads.request(Heads.with("\(field.name)x: a", "x\(field.name): a")))
        #expect(other.fields.dropFirst().allSatisfy { $0.known == .other })
    }

    @Test("a repeated field is told, and the first of it is found")
    func repeated() throws {
        let head = try #require(try Heads.request(Heads.with("Authorization: a", "X: y", "authorization: b")))
        #expect(head.fields.isRepeated(.authorization))
        #expect(head.fields.first(.authorization) == head.fields[1])
        #expect(head.fields.first(.cookie) == nil)
    }

    @Test(
        "managed names are marked in every spelling",
        arguments: [
            "X-User-Id", "x-user-id", "X_USER_ID", "x.user.id", "X-User_Id", "x_User.iD", "X-User-", "X_User_",
            "x-user-new",
            "X-Customer-Plan-Of-A-Name-That-Is-Longer-Than-Any-Table", "x_customer_a", "X-Gateway", "x_gateway",
            "X-Request-Id",
            "X.Request.Id", "X~User~Id", "X^Gateway", "x!user!id", "X#User$Id", "x%user&id", "X'User*Id", "x+user`id",
            "X|User|Id",
        ])
    func managed(name: String) throws {
        let head = try #require(try Heads.request(Heads.with("\(name): forged")))
        #expect(head.fields.last?.marks == .managed)
    }

    @Test(
        "names that only resemble managed ones are not marked",
        arguments: [
            "X-User", "XX-User-Id", "X-Gateways", "X-Use-r-Id", "XUserId", "Y-User-Id", "X-Use~r-Id", "X-0ser-Id",
            "X-Request-Ids",
        ])
    func unmanaged(name: String) throws {
        #expect(try Heads.request(Heads.with("\(name): a"))?.fields.last?.marks == [])
    }

    @Test(
        "what proxies say is marked as such",
        arguments: ["Forwarded", "X-Forwarded-For", "x_forwarded_new", "X-Real-IP", "x.real.ip"])
    func forwarding(name: String) throws {
        #expect(try Heads.request(Heads.with("\(name): a"))?.fields.last?.marks == .forwarding)
    }

    @Test("a field that Connection names is marked, before it and behind it; Host and framing never are")
    func named() throws {
        let head = try #require(
            try Heads.request(
                Heads.with(
                    "X-A: 1", "Connection: close, x-a,, X-User-Id ,host,content-length", "x-USER-id: a",
                    "Content-Length: 1")))
        #expect(head.fields.map(\.marks) == [[], .namedByConnection, [], [.managed, .namedByConnection], []])
        #expect(!head.keepAlive)
    }

    @Test(
        "the connection stays open as RFC 9112 §9.3 says",
        arguments: [
            ("1.1", "", true), ("1.1", "close", false), ("1.1", "keep-alive", true), ("1.1", "Close", false),
            ("1.1", "keep-alive, close", false), ("1.1", "closed", true), ("1.0", "", false),
            ("1.0", "keep-alive", true),
            ("1.0", "Keep-Alive", true), ("1.0", "keep-alive, close", false),
            ("1.0", "keep-alive, x", false), ("1.0", "x\r\nConnection: keep-alive", false),
            ("1.1", "a\r\nProxy-Connection: close", false), ("1.1", "a\r\nProxy-Connection: keep-alive", true),
            ("1.1", "a\r\nProxy-Connection: upgrade", false),
            ("1.0", "keep-alive\r\nUpgrade: websocket\r\nConnection: upgrade", false),
            ("1.1", "a\r\nConnection: close", false),
        ])
    func keepAlive(version: String, option: String, expected: Bool) throws {
        let line = option.isEmpty ? "" : "Connection: \(option)\r\n"
        #expect(try Heads.request("GET / HTTP/\(version)\r\nHost: a\r\n\(line)\r\n")?.keepAlive == expected)
    }

    @Test(
        "a body's framing is told",
        arguments: [
            ("A: b", BodyFraming.none), ("Content-Length: 0", .length(0)), ("Content-Length: 0012", .length(12)),
            ("Content-Length:  7 ", .length(7)), ("Content-Length: 9223372036854775807", .length(.max)),
            ("Transfer-Encoding: chunked", .chunked), ("TRANSFER-ENCODING:Chunked", .chunked),
        ])
    func framing(line: String, expected: BodyFraming) throws {
        #expect(try Heads.request(Heads.with(line))?.framing == expected)
    }

    @Test("a client waits for 100 only in HTTP/1.1 and with a body")
    func expectation() throws {
        #expect(try Heads.request(Heads.with("Expect: 100-Continue", "Content-Length: 5"))?.expectsContinue == true)
        #expect(try Heads.request(Heads.with("Expect: 100-continue"))?.expectsContinue == false)
        let old = "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"
        #expect(try Heads.request(old)?.expectsContinue == false)
    }

    @Test("an upgrade is one only where Connection says so, in HTTP/1.1")
    func upgrade() throws {
        #expect(try Heads.request(Heads.with("Connection: Upgrade", "Upgrade: WebSocket"))?.upgrade == .webSocket)
        #expect(try Heads.request(Heads.with("Connection: upgrade", "Upgrade: h2c"))?.upgrade == .other)
        #expect(try Heads.request(Heads.with("Connection: upgrade", "Upgrade: websocket, h2c"))?.upgrade == .other)
        #expect(
            try Heads.request(Heads.with("Connection: upgrade", "Upgrade: websocket", "Upgrade: h2c"))?.upgrade
                == .other)
        #expect(try Heads.request(Heads.with("Upgrade: websocket"))?.upgrade == RequestHead.Upgrade.none)
        #expect(try Heads.request(Heads.with("Connection: upgrade"))?.upgrade == RequestHead.Upgrade.none)
        let old = "GET / HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"
        #expect(try Heads.request(old)?.upgrade == RequestHead.Upgrade.none)
    }
}
