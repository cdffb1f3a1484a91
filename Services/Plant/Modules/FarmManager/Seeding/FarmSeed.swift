import PlantKit

/// `lockstep seed farm`: farms with history, for whoever wants to see or to measure the farm manager.
///
/// The history is not told to those who follow events: nothing of it happens now. Each farm is one event, and one entry
/// of the audit log.
struct FarmSeed: Sendable {
    static let seed = ModuleSeed(
        "farm", "farms with crops, blocks in every state, a past of seasons with harvests, and alerts",
        sizes: [
            .init("farms", "how many farms", usual: 2, in: 1...SeedLimits.farms),
            .init("blocks", "how many blocks each of them has", usual: 24, in: 1...SeedLimits.blocks),
            .init(
                "seasons", "seasons that are over, of each block; three are about a year", usual: 3,
                in: 0...SeedLimits.seasons),
        ]
    ) { try await FarmSeed($0).run() }

    private let request: SeedRequest
    private let farms: Int64
    private let blocks: Int64
    private let seasons: Int64

    init(_ request: SeedRequest) throws(SeedRefusal) {
        self.request = request
        farms = try request.size("farms")
        blocks = try request.size("blocks")
        seasons = try request.size("seasons")
        guard farms * blocks * (seasons + 1) <= SeedLimits.allSeasons else {
            throw SeedRefusal(
                "\(farms) farms of \(blocks) blocks with \(seasons) seasons are more than the \(SeedLimits.allSeasons) "
                    + "seasons that one command makes; ask for less, or in parts with another --seed")
        }
    }

    func run() async throws -> [String] {
        try await FarmEvents.log.establish(id: request.makeID(), in: request.database)
        var made: Int64 = 0
        var counts = SeedCounts()
        for index in 1...farms {
            let new = try await request.database.writeInTurn { try await write(index, $0) }
            if let new {
                made += 1
                counts += new
            }
            request.progress(Int(index), Int(farms))
        }
        let there = farms - made
        let already =
            there == 0 ? [] : ["there already, and left as they are: \(there) of \(farms)"]
        guard made > 0 else { return already + ["nothing to do; --seed with another number makes other farms"] }
        return already + [
            "seeded: farms \(made), blocks \(counts.blocks), plantings \(counts.plantings), harvests \(counts.harvests), "
                + "active alerts \(counts.activeAlerts)"
        ]
    }

    /// One farm, whole, or nothing of it.
    /// - Returns: nil where it is there, whatever people have done with it since.
    private func write(_ index: Int64, _ transaction: any SQLTransaction) async throws -> SeedCounts? {
        let farm = SeededFarm(number: request.number, index: index)
        let same = try await transaction.query("SELECT id FROM farm_manager_farms WHERE id = ?", [.text(farm.id)])
        guard same.isEmpty else { return nil }
        let namesakes = try await transaction.query(
            "SELECT id FROM farm_manager_farms WHERE code = ? AND deleted_at IS NULL", [.text(farm.draft.code)])
        guard namesakes.isEmpty else {
            throw SeedRefusal("another farm has the code \(farm.draft.code); choose another --seed")
        }
        let manager = farm.draft.manager ?? ""
        let now = FarmWork(
            transaction, reach: .all,
            change: Change(by: manager, at: request.now, now: request.now, makeID: request.makeID))
        let number = try await now.nextNumber()
        guard case .integer(let farmNumber) = number.value else { return nil }
        let all = SeededBlocks(
            request: request, farm: farm, index: index, farmNumber: farmNumber,
            crops: try await now.seededCrops(request.number, makeID: request.makeID), seasons: seasons)
        // Old enough for what went wrong before.
        let age = max(8, (1...blocks).map(all.age).max() ?? 0)
        let opened = (request.until + -(age + 2)).start + 32_400
        let then = FarmWork(
            transaction, reach: .all, change: Change(by: manager, at: opened, now: opened, makeID: request.makeID))
        try await then.insert(farm.id, into: "farm_manager_farms", farm.draft.columns + [number])
        try await addStaff(of: farm, since: opened, transaction)
        var tables = SeedTables()
        for alert in alerts(of: farm, index, age: age) { tables.add(alert) }
        for block in 1...blocks {
            tables.add(try all.history(of: block))
            if block % 50 == 0 { try await tables.write(transaction) }
        }
        try await tables.write(transaction)
        try await tables.writeFigures(of: farm.id, transaction)
        try await now.tell(.init(type: .farmCreated, farmID: farm.id))
        try await request.record("farms", farm.id, transaction)
        return tables.counts
    }

    private func addStaff(of farm: SeededFarm, since opened: Int64, _ transaction: any SQLTransaction) async throws {
        var staff = SeedTable("staff", ["farm_id", "subject", "role", "added_at"])
        for member in farm.staff {
            staff.add([.text(farm.id), .text(member.subject), .text(member.role), .integer(opened)])
        }
        try await staff.write(transaction)
    }

    /// What goes wrong with a farm as a whole: one of each kind still does, one of each did.
    private func alerts(of farm: SeededFarm, _ index: Int64, age: Int64) -> [SeededAlert] {
        var random = SeedRandom([request.number, SeedPart.alert.rawValue, UInt64(index)])
        return Trouble.ofFarms.flatMap { trouble in
            let past = (request.until + -random.number(8...age)).start + 36_000
            var over = SeededAlert(
                id: random.id(), farmID: farm.id, blockID: nil, trouble, by: random.pick(farm.staff).subject, at: past)
            over.resolved = (random.pick(farm.staff).subject, past + random.number(3_600...300_000))
            let recent = (request.until + -random.number(1...5)).start + 36_000
            return [
                over,
                SeededAlert(
                    id: random.id(), farmID: farm.id, blockID: nil, trouble, by: random.pick(farm.staff).subject,
                    at: recent),
            ]
        }
    }
}
