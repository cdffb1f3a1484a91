import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// A client of `/api/v1/farm/events` that comes back with `Last-Event-ID` whenever it is cut off (WHATWG HTML §9.2).
final class EventFollower: Sendable {
    struct Event: Sendable, Equatable {
        let id: String
        let name: String
        let data: String
    }

    struct Seen: Sendable {
        var events: [Event] = []
        /// Where the next connection begins.
        var place: String
        /// Answers of 200.
        var connections = 0
    }

    let url: String
    private let token: String
    private let client: HTTPClient
    private let seen: Shared<Seen>

    /// - Parameter start: the id of the last event that is not asked for.
    init(_ url: String, token: String, from start: String, client: HTTPClient) {
        self.url = url
        self.token = token
        self.client = client
        seen = Shared(Seen(place: start))
    }

    var current: Seen { seen.withLock { $0 } }

    /// Until cancelled.
    func follow() async {
        while !Task.isCancelled {
            // Being cut off is what it is here for; who is cut off in the midst of an event gets that one again.
            try? await listen()
            try? await Task.sleep(for: .milliseconds(50))
        }
    }

    private func listen() async throws {
        var request = HTTPClientRequest(url: url + "/api/v1/farm/events")
        request.headers.add(name: "Authorization", value: "Bearer \(token)")
        request.headers.add(name: "Last-Event-ID", value: current.place)
        let response = try await client.execute(request, timeout: .hours(12))
        guard response.status == .ok else { return }
        seen.withLock { $0.connections += 1 }
        var reader = EventReader()
        for try await bytes in response.body {
            let events = reader.take(String(buffer: bytes))
            let place = reader.lastID
            seen.withLock { seen in
                seen.events += events
                if let place { seen.place = place }
            }
        }
    }
}

/// Lines to events, as far as the farm manager uses them; one that is not ended by an empty line is none.
struct EventReader {
    /// Of the last event, or of the last place without one.
    private(set) var lastID: String?
    private var rest = ""
    private var id: String?
    private var name = ""
    private var data: [String] = []

    mutating func take(_ text: String) -> [EventFollower.Event] {
        var lines = (rest + text).split(separator: "\n", omittingEmptySubsequences: false)
        rest = lines.popLast().map(String.init) ?? ""
        return lines.compactMap { take(line: $0) }
    }

    private mutating func take(line: Substring) -> EventFollower.Event? {
        guard !line.isEmpty else { return dispatch() }
        let halves = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let field = halves.first, !field.isEmpty else { return nil }
        var value = halves.count == 2 ? halves[1] : ""
        if value.first == " " { value = value.dropFirst() }
        switch field {
        case "id": id = String(value)
        case "event": name = String(value)
        case "data": data.append(String(value))
        default: break
        }
        return nil
    }

    private mutating func dispatch() -> EventFollower.Event? {
        defer { (id, name, data) = (nil, "", []) }
        if let id { lastID = id }
        guard !data.isEmpty else { return nil }
        return EventFollower.Event(id: lastID ?? "", name: name, data: data.joined(separator: "\n"))
    }
}
