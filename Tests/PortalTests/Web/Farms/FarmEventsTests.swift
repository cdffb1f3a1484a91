import AsyncHTTPClient
import NIOPosix
import Synchronization
import TestSupport
import Testing

@testable import Portal

@Suite struct FarmEventsTests {
    /// A stream's head and these events, and then nothing more.
    private static func stream(_ text: String, thenClose: Bool = false) -> UpstreamServer.Answer {
        .raw(
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n" + text,
            thenClose: thenClose)
    }

    private final class Counter: Sendable {
        private let count = Mutex(0)

        var value: Int { count.withLock { $0 } }

        func up() -> Int {
            count.withLock { count in
                count += 1
                return count
            }
        }
    }

    private static func event(of farm: String) -> String {
        "id: 1\nevent: block.state\ndata: {\"type\":\"block.state\",\"farm_id\":\"\(farm)\"}\n\n"
    }

    private static func events(
        _ gateway: UpstreamServer, pause: @escaping @Sendable () async throws -> Void = {}
    ) async throws -> FarmEvents {
        FarmEvents(
            plant: PlantAPI(client: .shared, gatewayURL: gateway.url), farm: try #require(RecordID(FarmAnswers.farmID)),
            visitor: try await SamplePages().visitor, pause: pause)
    }

    @Test("first that somebody listens is news, as the page may be older, then what happens on the farm alone")
    func news() async throws {
        let text = Self.event(of: "another") + ": alive\n\n" + Self.event(of: FarmAnswers.farmID)
        try await UpstreamServer.with({ _ in Self.stream(text) }) { gateway in
            let events = try await Self.events(gateway)
            #expect(try await events.next() == true)
            #expect(try await events.next() == false)
            #expect(try await events.next() == true)
            let request = try #require(gateway.requests.first)
            #expect(request.path == "/api/v1/farm/events")
            #expect(request.values("authorization").first?.hasPrefix("Bearer eyJ") == true)
        }
    }

    @Test("only news waits, so that not all who look at a farm ask for it in one moment")
    func spread() async throws {
        let waits = Counter()
        try await UpstreamServer.with({ _ in Self.stream(": alive\n\n" + Self.event(of: FarmAnswers.farmID)) }) {
            gateway in
            let news = LiveNews(try await Self.events(gateway)) { _ = waits.up() }
            #expect(try await news.next() == true)
            #expect(waits.value == 1)
            #expect(try await news.next() == false)
            #expect(waits.value == 1)
            #expect(try await news.next() == true)
            #expect(waits.value == 2)
        }
    }

    @Test("where the plant can't say what was missed, the page looks anew")
    func reset() async throws {
        try await UpstreamServer.with({ _ in Self.stream("event: reset\ndata: {}\n\n") }) { gateway in
            let events = try await Self.events(gateway)
            #expect(try await events.next() == true)
            #expect(try await events.next() == true)
        }
    }

    @Test("a gateway that is away is asked again after a pause, and then something may have changed")
    func away() async throws {
        let (attempts, pauses) = (Counter(), Counter())
        try await UpstreamServer.with({ _ in
            attempts.up() < 3 ? .json("{}", status: 503) : Self.stream("")
        }) { gateway in
            let events = try await Self.events(gateway) { _ = pauses.up() }
            #expect(try await events.next() == false)
            #expect(try await events.next() == false)
            #expect(try await events.next() == true)
            #expect(pauses.value == 2)
        }
    }

    @Test("live pages leave connections to the pages themselves, however many are open")
    func manyStreams() async throws {
        let client = HTTPClient(
            eventLoopGroup: .singletonMultiThreadedEventLoopGroup, configuration: Portal.clientConfiguration)
        try await UpstreamServer.with({ request in
            request.path.hasSuffix("/events") ? Self.stream(": alive\n\n") : .json("{}")
        }) { gateway in
            let plant = PlantAPI(client: client, gatewayURL: gateway.url)
            let visitor = try await SamplePages().visitor
            let farm = try #require(RecordID(FarmAnswers.farmID))
            let open = (0..<30).map { _ in FarmEvents(plant: plant, farm: farm, visitor: visitor, pause: {}) }
            for events in open { #expect(try await events.next() == true) }
            struct Nothing: Decodable {}
            await #expect(throws: Never.self) {
                try await plant.get(PlantPath("/api/v1/farm/farms"), as: Nothing.self, for: visitor)
            }
            withExtendedLifetime(open) {}
        }
        try await client.shutdown()
    }

    @Test("a stream that breaks off is followed anew")
    func broken() async throws {
        let attempts = Counter()
        try await UpstreamServer.with({ _ in Self.stream("", thenClose: attempts.up() == 1) }) { gateway in
            let events = try await Self.events(gateway)
            #expect(try await events.next() == true)
            #expect(try await events.next() == true)
            #expect(attempts.value == 2)
        }
    }
}
