import Foundation
import Logging
import PlantKit
import Storage
import TestSupport
import Testing

@testable import FarmManager

/// The databases on which the farm manager is tested.
enum FarmDatabase: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case sqlite, postgreSQL

    static var allCases: [FarmDatabase] { [.sqlite] + (TestedPostgreSQL.isNamed ? [.postgreSQL] : []) }

    var testDescription: String { rawValue }

    /// Opens an empty one with the farm manager's tables, runs the body, closes and removes it.
    func use(_ body: (FarmBench) async throws -> Void) async throws {
        switch self {
        case .sqlite:
            try await Self.open("sqlite::memory:", body)
        case .postgreSQL:
            try await TestedPostgreSQL.withDatabase { try await Self.open($0 + "?pool_size=2", body) }
        }
    }

    private static func open(_ url: String, _ body: (FarmBench) async throws -> Void) async throws {
        let database = try Databases.open(
            url: url, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await database.migrate(FarmMigrations.all, namespace: FarmMigrations.namespace)
        try await FarmEvents.log.establish(id: "log-a", in: database)
        try await body(FarmBench(database: database))
        try await database.close()
    }
}

/// A database of farms, and the way to work on it as somebody on some day.
struct FarmBench: Sendable {
    let database: any Storage.Database

    /// 09:00 UTC of a day.
    static func morning(_ day: String) -> Int64 { (CivilDate(day)?.start ?? 0) + 9 * 3600 }

    @discardableResult
    func work<T: Sendable>(
        on day: String, by subject: String = "u-ana", reach: FarmReach = .all,
        _ body: @Sendable (FarmWork) async throws -> T
    ) async throws -> T {
        let moment = Self.morning(day)
        return try await database.write { transaction in
            try await body(
                FarmWork(
                    transaction, reach: reach,
                    change: Change(by: subject, at: moment, now: moment, makeID: { UUID().uuidString.lowercased() })))
        }
    }

    func look<T: Sendable>(
        reach: FarmReach = .all, _ body: @Sendable (FarmRecords) async throws -> T
    ) async throws -> T {
        try await database.read { try await body(FarmRecords($0, reach: reach)) }
    }

    /// A farm of one hectare.
    func makeFarm(_ code: String = "FCD2", manager: String? = nil, customer: String? = nil) async throws -> Farm {
        try await work(on: "2026-01-01") {
            try await $0.addFarm(
                FarmDraft(
                    name: "Farm \(code)", code: code, customerID: customer, manager: manager,
                    area: Area(amount: 10_000, unit: .hectares)))
        }
    }

    func makeBlock(_ farm: Farm, plants: Int64 = 200, name: String? = nil) async throws -> Block {
        try await work(on: "2026-01-01") {
            try await $0.addBlock(BlockDraft(name: name, type: .greenhouse, maxPlants: plants), to: farm.id)
        }
    }

    /// 7 days to germinate, 30 to grow, 20 to fruit, 14 to harvest, 2 to clean; 4.5 kg of each plant.
    func makeTomato() async throws -> Crop {
        try await work(on: "2026-01-01") {
            try await $0.addCrop(
                CropDraft(
                    name: "Tomato", code: "TOM",
                    cycle: GrowthCycle(
                        germinationDays: 7, growingDays: 30, fruitingDays: 20, harvestingDays: 14, cleaningDays: 2),
                    yieldPerPlant: Kilograms(grams: 4_500)))
        }
    }

    /// Like the tomato's, without fruiting; 250 g of each plant.
    func makeLettuce() async throws -> Crop {
        try await work(on: "2026-01-01") {
            try await $0.addCrop(
                CropDraft(
                    name: "Lettuce", code: "LET",
                    cycle: GrowthCycle(
                        germinationDays: 3, growingDays: 25, fruitingDays: 0, harvestingDays: 5, cleaningDays: 1),
                    yieldPerPlant: Kilograms(grams: 250)))
        }
    }

    @discardableResult
    func change(_ block: Block, to state: BlockState, on day: String) async throws -> Block {
        try await work(on: day) { try await $0.changeState(of: block.id, StateRequest(to: state)) }
    }

    func events() async throws -> [String] {
        try await database.read { transaction in
            let page = try await FarmEvents.log.page(after: nil, limit: 1000, transaction)
            return try (page?.entries ?? []).map { entry in
                let event = try JSONDecoder().decode(FarmEvent.self, from: Data(entry.payload.utf8))
                return [event.type.rawValue, event.from?.rawValue, event.to?.rawValue].compactMap(\.self)
                    .joined(separator: " ")
            }
        }
    }
}
