import Foundation
package import ServiceKit
import Testing

/// A season of a farm by its HTTP API, step by step, with what has to be seen after each: figures by hand.
///
/// It is the same for a plant in process, whose clock is moved from step to step, and for real processes behind a gateway,
/// where all of it happened before today and is entered now.
package struct FarmSeason: Sendable {
    package struct Reply: Sendable {
        package let status: Int
        package let text: String

        package init(status: Int, text: String) {
            self.status = status
            self.text = text
        }
    }

    /// Method, path behind the farm manager's prefix, JSON.
    package typealias Send = @Sendable (String, String, String?) async throws -> Reply

    /// The first day, which steps count from.
    package let start: CivilDate
    private let send: Send
    /// Lets the day of a step come.
    private let reach: @Sendable (Int64) async throws -> Void
    /// How many days after the first it is, at a step of a day.
    private let today: @Sendable (Int64) -> Int64

    package init(
        from start: CivilDate, send: @escaping Send,
        reach: @escaping @Sendable (Int64) async throws -> Void = { _ in },
        today: @escaping @Sendable (Int64) -> Int64
    ) {
        self.start = start
        self.send = send
        self.reach = reach
        self.today = today
    }

    // MARK: What steps are made of

    func day(_ day: Int64) -> String { CivilDate(daysSinceEpoch: start.daysSinceEpoch + day).text }

    func get(_ path: String) async throws -> String {
        let reply = try await send("GET", path, nil)
        try #require(reply.status == 200, "\(path): \(reply.text)")
        return reply.text
    }

    func read<T: Decodable>(_ path: String, as type: T.Type) async throws -> T {
        try Self.decode(try await get(path), as: type)
    }

    static func decode<T: Decodable>(_ text: String, as type: T.Type) throws -> T {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(type, from: Data(text.utf8))
    }

    /// Answers the id of what was made.
    /// - Parameter day: on which it happens; nil for what has no time of its own.
    func make(_ path: String, _ members: String, on day: Int64? = nil) async throws -> String {
        struct Made: Decodable { let id: String }
        return try Self.decode(try await post(path, members, on: day, expecting: 201).text, as: Made.self).id
    }

    @discardableResult
    func change(_ block: String, to state: String, _ more: String = "", on day: Int64) async throws -> Changed {
        let reply = try await post("/blocks/\(block)/status", #""state":"\#(state)"\#(more)"#, on: day, expecting: 200)
        let changed = try Self.decode(reply.text, as: Changed.self)
        #expect(changed.state == state)
        return changed
    }

    func post(_ path: String, _ members: String, on day: Int64?, expecting status: Int) async throws -> Reply {
        var members = members
        if let day {
            try await reach(day)
            members += #","at":"\#(self.day(day))T08:00:00Z""#
        }
        let reply = try await send("POST", path, "{\(members)}")
        try #require(reply.status == status, "\(path) \(members): \(reply.status) \(reply.text)")
        return reply
    }

    struct Changed: Decodable {
        let state: String
        let nextDay: String?
        let plantingId: String?
    }

    /// A dashboard counts days from today, so that it has to be known which day that was.
    func dashboard(_ farm: String, on day: Int64) async throws -> Look {
        while true {
            let before = today(day)
            let seen = try await read("/dashboard/farms/\(farm)", as: FarmDashboardSeen.self)
            // Midnight came between: it comes once.
            if today(day) == before { return Look(seen: seen, today: before) }
        }
    }

    @dynamicMemberLookup
    struct Look {
        let seen: FarmDashboardSeen
        /// After the first day.
        let today: Int64

        subscript<T>(dynamicMember path: KeyPath<FarmDashboardSeen, T>) -> T { seen[keyPath: path] }

        /// Days from today to another day; negative for one that is over.
        func days(to day: Int64) -> Int { Int(day - today) }

        func days(since day: Int64) -> Int { Int(today - day) }
    }
}

/// What a dashboard tells, as far as tests look at it.
package struct FarmDashboardSeen: Decodable, Sendable {
    package struct Yields: Decodable, Equatable, Sendable {
        package let predictedKg: Double
        package let actualKg: Double
        package var efficiencyPercent: Double?
        package var category: String?
    }

    package struct Line: Decodable, Sendable {
        package let code: String
        package let state: String
        package let daysInState: Int
        package let daysToNextTransition: Int?
        package let capacityPercent: Double
    }

    package struct Activity: Decodable, Sendable {
        package let kind: String
        package let what: String
    }

    package struct Upcoming: Decodable, Sendable {
        package let state: String
        package let day: String
        package let days: Int
    }

    package let blockCount: Int
    package let blocksByState: [String: Int]
    package let plannedPlantings: Int
    package let activeYield: Yields
    package let finishedCycles: Int
    package let finishedYield: Yields
    package let harvestedKg: Double
    package let activeAlerts: [String: Int]
    package let blocks: [Line]
    package let recentActivity: [Activity]
    package let upcoming: [Upcoming]
}
