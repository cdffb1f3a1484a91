import PlantKit

/// `GET /events`: what happens on the caller's farms, as it happens (server-sent events, WHATWG HTML §9.2).
///
/// Nothing is held for a slow client but its place in the log. A caller hears of farms within reach, asked for anew with
/// each batch, so that who is taken off a farm hears no more of it.
struct EventOperation: Sendable {
    let feed: EventFeed
    let database: any Database

    static let resumption = "Last-Event-ID"

    func add(to routes: ModuleRoutes) {
        routes.stream(
            Operation(
                "followFarmEvents", .get, routes.path("events"), summary: "Tells what happens, as it happens.",
                details: """
                    Each event's data is JSON with type, farm_id, at and by. A client that comes back with Last-Event-ID \
                    gets what it missed; an event reset says that this can't be told any more, and that it should read \
                    anew what it shows. The stream ends with the token.
                    """,
                tag: routes.tag, access: .permission(FarmPermissions.view),
                parameters: [.header(Self.resumption, .text(length: 0...254), "The id of the last event that came.")],
                answers: [
                    .events(
                        "Events, and a comment now and then.",
                        example: "id: 5e0c.7\nevent: block.state\ndata: {\"type\":\"block.state\"}\n\n")
                ])
        ) { request, transaction in
            let reach = FarmReach(request.caller)
            let resumed = request.headers[Self.resumption]
            let start: String
            if let resumed, !resumed.isEmpty {
                start = resumed
            } else {
                start = try await FarmEvents.log.newest(transaction)
            }
            return APIStream(mediaType: "text/event-stream", headers: [.cacheControl: "no-store"]) { writer in
                try await follow(from: start, reach, writer)
            }
        }
    }

    func follow(from start: String, _ reach: FarmReach, _ writer: APIStreamWriter) async throws {
        var cursor = start
        // Before the first look, so that nothing comes between.
        let signals = feed.signals()
        try await writer.write("retry: 3000\n: following\n\n")
        try await catchUp(from: &cursor, reach, writer)
        for await signal in signals {
            if case .heartbeat = signal { try await writer.write(": alive\n\n") }
            // At a heartbeat too: news may have been lost on the way here.
            try await catchUp(from: &cursor, reach, writer)
        }
    }

    /// A database that is away for a while is no reason to hang up: what comes is asked for again at the next signal. A
    /// browser whose stream is hung up on asks anew, and gives up for good on the first answer that is no 200.
    private func catchUp(from cursor: inout String, _ reach: FarmReach, _ writer: APIStreamWriter) async throws {
        do { try await tell(from: &cursor, reach, writer) } catch  where EventFeed.isAway(error) {}
    }

    /// - Parameter cursor: moves on with what was written.
    private func tell(from cursor: inout String, _ reach: FarmReach, _ writer: APIStreamWriter) async throws {
        while true {
            switch try await feed.entries(after: cursor) {
            case .caughtUp:
                return
            case .unknown:
                let newest = try await feed.newest()
                try await writer.write("id: \(newest)\nevent: reset\ndata: {}\n\n")
                cursor = newest
            case .entries(let entries):
                guard let last = entries.last else { return }
                let told = try await within(reach, entries)
                // One piece for all: the client takes them together, and a comment moves nobody's place.
                var text = told.map { "id: \($0.cursor)\nevent: \($0.kind)\ndata: \($0.payload)\n\n" }.joined()
                // The place moves on past what this caller may not hear of.
                if told.last != last { text += "id: \(last.cursor)\n\n" }
                try await writer.write(text)
                cursor = last.cursor
            }
        }
    }

    private func within(_ reach: FarmReach, _ entries: [EventFeed.Entry]) async throws -> [EventFeed.Entry] {
        if reach == .all { return entries }
        let asked = Array(Set(entries.map(\.farmID)))
        let reached = reach.condition("id")
        let rows = try await database.read { transaction in
            try await transaction.query(
                """
                SELECT id FROM farm_manager_farms \
                WHERE id IN (\(asked.map { _ in "?" }.joined(separator: ", "))) AND \(reached.sql)
                """, asked.map(SQLValue.text) + reached.arguments)
        }
        let farms = Set(try rows.map { try $0.text("id") })
        return entries.filter { farms.contains($0.farmID) }
    }
}
