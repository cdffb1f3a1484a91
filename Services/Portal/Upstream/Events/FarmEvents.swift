import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// What happens on one farm, as the plant tells it to the visitor (`/api/v1/farm/events`): only that something does; what,
/// the page asks for itself.
///
/// The plant sends a comment every fifteen seconds, so that this never waits longer, and hangs up as the token ends. A
/// gateway that is away is asked again later; the page hears that something may have changed meanwhile.
///
/// Invariant: asked by one task, one question at a time.
final class FarmEvents: @unchecked Sendable {
    private let plant: PlantAPI
    private let farm: RecordID
    private let visitor: Visitor
    /// Between attempts at a gateway that does not answer.
    private let pause: @Sendable () async throws -> Void

    private var body: HTTPClientResponse.Body.AsyncIterator?
    private var reader = EventStreamReader()
    private var items: [EventStreamReader.Item] = []
    /// Nobody has told what happened since the page was made, or since the connection was lost.
    private var mayHaveMissed = true

    init(
        plant: PlantAPI, farm: RecordID, visitor: Visitor,
        pause: @escaping @Sendable () async throws -> Void = { try await Task.sleep(for: .seconds(10)) }
    ) {
        self.plant = plant
        self.farm = farm
        self.visitor = visitor
        self.pause = pause
    }

    /// Whether something happened on the farm, or may have unheard; false where nothing did for a while.
    func next() async throws -> Bool {
        while true {
            if let isNews = takeItem() { return isNews }
            guard var body else {
                guard try await connect() else { return false }
                // The plant has answered, so it tells what happens from now on.
                if mayHaveMissed {
                    mayHaveMissed = false
                    return true
                }
                continue
            }
            do {
                guard let piece = try await body.next() else { throw Ended() }
                self.body = body
                items += try reader.take(piece.readableBytesView)
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                lost()
            }
        }
    }

    private struct Ended: Error {}

    private func takeItem() -> Bool? {
        while !items.isEmpty {
            switch items.removeFirst() {
            case .comment: return false
            case .event(let name, let data):
                // `reset`: the plant can't say what was missed.
                if name == "reset" || concernsFarm(data) {
                    // What came along with it is told by the same look at the page.
                    items.removeAll { $0 != .comment }
                    return true
                }
            }
        }
        return nil
    }

    private func concernsFarm(_ data: String) -> Bool {
        struct About: Decodable {
            let farmID: String
            enum CodingKeys: String, CodingKey { case farmID = "farm_id" }
        }
        return (try? JSONDecoder().decode(About.self, from: Data(data.utf8)))?.farmID == farm.text
    }

    /// False where it did not answer, after a pause.
    private func connect() async throws -> Bool {
        var request = plant.request(.GET, PlantPath("/api/v1/farm/events"), visitor)
        request.headers.add(name: "Accept", value: "text/event-stream")
        do {
            // As long as any token lives; the plant ends it with this one.
            let response = try await plant.client.execute(request, timeout: .hours(24))
            guard response.status == .ok else { throw Ended() }
            body = response.body.makeAsyncIterator()
            return true
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            lost()
            try await pause()
            return false
        }
    }

    private func lost() {
        body = nil
        reader = EventStreamReader()
        items = []
        mayHaveMissed = true
    }
}

extension LiveNews {
    /// Follows what happens on a farm.
    /// - Parameter spread: waits before news is told. Everybody who looks at a farm hears of the same change, and asks for
    ///   the page: within half a second, and not in one moment.
    init(
        _ events: FarmEvents,
        spread: @escaping @Sendable () async throws -> Void = {
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...500)))
        }
    ) {
        next = {
            guard try await events.next() else { return false }
            try await spread()
            return true
        }
    }
}
