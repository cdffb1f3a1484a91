import Foundation
import HTTPTypes
import PlantKit
import PlantTesting
import TestSupport
import Testing

@testable import FarmManager

/// A plant with the farm manager, and the way to speak to it as somebody.
struct FarmClient: Sendable {
    let plant: PlantFixture
    var role = "operator"
    var subject = "u-op"
    var customerID: String?

    static let prefix = "/api/v1/farm"

    /// The body gets an operator's client: it does everything at all farms.
    static func use(
        _ variables: [String: String] = [:], _ body: @Sendable (FarmClient) async throws -> Void
    ) async throws {
        try await PlantFixture.use(variables, modules: [FarmManagerModule.self]) { plant in
            try await body(FarmClient(plant: plant))
        }
    }

    func `as`(_ role: String, _ subject: String, customerID: String? = nil) -> FarmClient {
        FarmClient(plant: plant, role: role, subject: subject, customerID: customerID)
    }

    /// With a token of now: a season is longer than a token's life.
    func send(
        _ method: HTTPRequest.Method, _ path: String, headers: [(String, String)] = [], json: String? = nil
    ) async throws -> Answer {
        try await plant.send(
            method, Self.prefix + path, token: plant.token(role, subject: subject, customerID: customerID),
            headers: headers, json: json)
    }

    func sendCSV(_ path: String, _ csv: String) async throws -> Answer {
        try await send(.post, path, headers: [("Content-Type", "text/csv")], json: csv)
    }

    func pass(days: Int64) { plant.clock.advance(days * 86_400) }

    func get(_ path: String) async throws -> Answer { try await send(.get, path) }

    /// Answers the id of what was made.
    func make(_ path: String, _ json: String) async throws -> String {
        let answer = try await send(.post, path, json: json)
        #expect(answer.status == .created, "\(path): \(answer.text)")
        return try #require(answer["id"])
    }

    func makeFarm(_ code: String = "FCD2", more: String = "") async throws -> String {
        try await make("/farms", #"{"name":"Farm \#(code)","code":"\#(code)"\#(more)}"#)
    }

    func makeBlock(_ farm: String, plants: Int = 200, more: String = "") async throws -> String {
        try await make("/farms/\(farm)/blocks", #"{"type":"greenhouse","max_plants":\#(plants)\#(more)}"#)
    }

    /// 7 days to germinate, 30 to grow, 20 to fruit, 14 to harvest, 2 to clean; 4.5 kg of each plant.
    func makeTomato() async throws -> String {
        try await make(
            "/crops",
            """
            {"name":"Tomato","code":"TOM","germination_days":7,"growing_days":30,"fruiting_days":20,\
            "harvesting_days":14,"cleaning_days":2,"yield_per_plant_kg":4.5}
            """)
    }

    /// - Parameter more: further members, with a comma before them.
    @discardableResult
    func change(_ block: String, to state: String, more: String = "") async throws -> Answer {
        let answer = try await send(.post, "/blocks/\(block)/status", json: #"{"state":"\#(state)"\#(more)}"#)
        #expect(answer.status == .ok, "\(state): \(answer.text)")
        return answer
    }

    /// Its days are this plant's: the clock goes from step to step.
    func season() -> FarmSeason {
        let first = plant.clock.now
        return FarmSeason(
            from: CivilDate(of: first),
            send: { method, path, json in
                let answer = try await send(try #require(HTTPRequest.Method(method)), path, json: json)
                return .init(status: answer.status.code, text: answer.text)
            },
            reach: { day in
                let passed = (plant.clock.now - first) / 86_400
                if passed < day { pass(days: day - passed) }
            }, today: { $0 })
    }

    func dashboard(_ farm: String) async throws -> FarmDashboardSeen {
        let answer = try await get("/dashboard/farms/\(farm)")
        #expect(answer.status == .ok, "\(answer.text)")
        return try answer.camel(FarmDashboardSeen.self)
    }
}

extension Answer {
    /// By members in Swift's spelling.
    func camel<T: Decodable>(_ type: T.Type) throws -> T {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(type, from: Data(text.utf8))
    }
}
