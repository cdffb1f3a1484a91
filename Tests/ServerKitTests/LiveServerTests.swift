import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import ServerKit

@Suite("The live server")
struct LiveServerTests {
    @Test("the client's address comes from the socket, and from a trusted proxy's word")
    func peer() async throws {
        let header = try #require(HTTPField.Name("X-Forwarded-For"))
        let believed = try await World(proxies: ["127.0.0.0/8", "::1"])
        try await believed.parts.application(router: believed.router).test(.live) { client in
            let response = try await client.executeRequest(
                uri: "/peer", method: .get, headers: [header: "198.51.100.1, 203.0.113.9"], body: nil)
            #expect(response.text == "203.0.113.9")
        }
        let unbelieved = try await World()
        try await unbelieved.parts.application(router: unbelieved.router).test(.live) { client in
            let response = try await client.executeRequest(
                uri: "/peer", method: .get, headers: [header: "203.0.113.9"], body: nil)
            #expect(["127.0.0.1", "::1"].contains(response.text))
        }
    }

    @Test("a head beyond the bounds is refused")
    func hugeHead() async throws {
        let world = try await World()
        try await world.parts.application(router: world.router).test(.live) { client in
            let response = try await client.executeRequest(
                uri: "/health", method: .get, headers: [.cookie: String(repeating: "a", count: 20_000)], body: nil)
            #expect(response.status == .badRequest)
        }
    }

    private static let head = HTTPRequestPart.head(
        HTTPRequest(method: .post, scheme: "http", authority: "a", path: "/"))

    private func channel() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(handler: ReadDeadline(head: .seconds(15), body: .seconds(60)))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return channel
    }

    @Test("a connection that sends no head is closed")
    func noHead() throws {
        let channel = try channel()
        channel.embeddedEventLoop.advanceTime(by: .seconds(14))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(2))
        #expect(!channel.isActive)
    }

    @Test("a body that comes drop by drop is closed however often a drop comes")
    func dripFed() throws {
        let channel = try channel()
        try channel.writeInbound(Self.head)
        for _ in 0..<59 {
            channel.embeddedEventLoop.advanceTime(by: .seconds(1))
            try channel.writeInbound(HTTPRequestPart.body(ByteBuffer(string: "a")))
        }
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test("a complete request may be answered for as long as it takes")
    func complete() throws {
        let channel = try channel()
        try channel.writeInbound(Self.head)
        try channel.writeInbound(HTTPRequestPart.end(nil))
        channel.embeddedEventLoop.advanceTime(by: .hours(1))
        #expect(channel.isActive)
        _ = try channel.finish()
    }
}
