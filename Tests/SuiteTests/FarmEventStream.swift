import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Testing

/// `GET /events` of the farm manager, over a socket.
struct FarmEventStream {
    struct Event: Equatable {
        let id: String
        let name: String
        let data: String
    }

    private var body: HTTPClientResponse.Body.AsyncIterator
    private var text = ""

    /// Answers when the plant's head has come: what happens from then on is told.
    /// - Parameter lastEventID: nil: from now on.
    init(_ gateway: String, token: String, after lastEventID: String? = nil) async throws {
        var request = HTTPClientRequest(url: gateway + "/api/v1/farm/events")
        request.headers.add(name: "Authorization", value: "Bearer \(token)")
        if let lastEventID { request.headers.add(name: "Last-Event-ID", value: lastEventID) }
        let response = try await HTTP.client.execute(request, timeout: .seconds(300))
        try #require(response.status == .ok)
        #expect(response.headers.first(name: "Content-Type") == "text/event-stream")
        body = response.body.makeAsyncIterator()
    }

    /// Waits for so many more; fewer where the stream ends before.
    mutating func next(_ count: Int) async throws -> [Event] {
        var events: [Event] = []
        while events.count < count {
            if let end = text.range(of: "\n\n") {
                if let event = Self.event(text[..<end.lowerBound]) { events.append(event) }
                text.removeSubrange(..<end.upperBound)
            } else if let piece = try await body.next() {
                text += String(buffer: piece)
            } else {
                break
            }
        }
        return events
    }

    /// Nil for comments, and for a place that moves on without an event.
    private static func event(_ text: Substring) -> Event? {
        var fields: [Substring: Substring] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix(":") {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { fields[parts[0]] = parts[1].dropFirst() }
        }
        guard let id = fields["id"], let name = fields["event"], let data = fields["data"] else { return nil }
        return Event(id: String(id), name: String(name), data: String(data))
    }
}

extension FarmEventStream.Event {
    private struct Data: Decodable {
        let farmId: String
        let from: String?
        let to: String?
    }

    private var decoded: Data? {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try? decoder.decode(Data.self, from: .init(data.utf8))
    }

    var farm: String? { decoded?.farmId }

    /// The name, and for a block the states.
    var words: String { [name, decoded?.from, decoded?.to].compactMap(\.self).joined(separator: " ") }
}
