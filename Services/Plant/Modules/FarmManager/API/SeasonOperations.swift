import PlantKit

/// Plantings and harvests.
enum SeasonOperations {
    static func add(to routes: ModuleRoutes) {
        addPlantings(to: routes)
        addHarvests(to: routes)
    }

    private static let ofFarm = APIParameter.query("farm_id", .identifier, "Those of this farm.")
    private static let ofBlock = APIParameter.query("block_id", .identifier, "Those of this block.")
    private static let ofCrop = APIParameter.query("crop_id", .identifier, "Those of this crop.")

    private static func addPlantings(to routes: ModuleRoutes) {
        let collection = routes.path("plantings")
        routes.look(
            Operation(
                "listPlantings", .get, routes.path("plantings"), summary: "Lists plantings, the newest first.",
                tag: routes.tag, access: .permission(FarmPermissions.view),
                parameters: [
                    ofFarm, ofBlock, ofCrop,
                    .query("status", .choice(PlantingStatus.self), "Those that have come so far."),
                ] + APIParameter.paging, answers: [.page(of: .of(Planting.self))])
        ) { records, request in
            let query = try request.queryFields { fields in
                PlantingQuery(
                    farmID: fields.optionalID("farm_id"), blockID: fields.optionalID("block_id"),
                    cropID: fields.optionalID("crop_id"),
                    status: fields.optionalWord("status", of: PlantingStatus.self))
            }
            let (page, slice) = try request.slice()
            return try await records.plantings(query, slice).answer(page)
        }
        routes.look(
            Operation(
                "getPlanting", .get, routes.path("plantings/{id}"), summary: "Reads one planting.", tag: routes.tag,
                access: .permission(FarmPermissions.view), answers: [.ok(.of(Planting.self))])
        ) { records, request in
            try .json(try await records.planting(request.id(of: "planting")))
        }
        routes.work(
            Operation(
                "createPlanting", .post, routes.path("plantings"),
                summary: "Plants an empty block, or plans to.",
                details: "With planned_day the block becomes planned, without it planted.", tag: routes.tag,
                access: .permission(FarmPermissions.operate),
                body: .event(PlantingRequest.init(reading:)),
                answers: [.created(.of(Planting.self), headers: [.location])], refusals: [.conflict, .notFound]),
            reading: PlantingRequest.init(reading:)
        ) { work, wanted, _ in
            guard try await work.records.block(wanted.blockID).state == .empty else {
                throw FarmError.conflict("The block is not empty. Change its state instead.")
            }
            let changed = try await work.changeState(of: wanted.blockID, wanted.change)
            let planting = try await work.records.planting(changed.plantingID ?? "")
            var answer = try APIAnswer.json(
                planting, status: .created, location: "\(collection)/\(planting.id)")
            answer.resourceID = planting.id
            return answer
        }
    }

    private static func addHarvests(to routes: ModuleRoutes) {
        let collection = routes.path("harvests")
        routes.look(
            Operation(
                "listHarvests", .get, routes.path("harvests"), summary: "Lists harvests, the newest first.",
                tag: routes.tag, access: .permission(FarmPermissions.view),
                parameters: [
                    ofFarm, ofBlock, ofCrop, .query("planting_id", .identifier, "Those of this planting."),
                    .query("from", .day, "Those of this day (UTC) and later."),
                    .query("to", .day, "Those of this day and before."),
                ] + APIParameter.paging, answers: [.page(of: .of(Harvest.self))])
        ) { records, request in
            let query = try request.queryFields(HarvestQuery.init(reading:))
            let (page, slice) = try request.slice()
            return try await records.harvests(query, slice).answer(page)
        }
        routes.look(
            Operation(
                "getHarvest", .get, routes.path("harvests/{id}"), summary: "Reads one harvest.", tag: routes.tag,
                access: .permission(FarmPermissions.view), answers: [.ok(.of(Harvest.self))])
        ) { records, request in
            try .json(try await records.harvest(request.id(of: "harvest")))
        }
        routes.work(
            Operation(
                "recordHarvest", .post, routes.path("harvests"),
                summary: "Records a harvest, or a part of one, of a block that is harvesting.", tag: routes.tag,
                access: .permission(FarmPermissions.operate), body: .event(HarvestDraft.init(reading:)),
                answers: [.created(.of(Harvest.self), headers: [.location])], refusals: [.conflict, .notFound]),
            reading: HarvestDraft.init(reading:)
        ) { work, draft, _ in
            let harvest = try await work.recordHarvest(draft)
            var answer = try APIAnswer.json(harvest, status: .created, location: "\(collection)/\(harvest.id)")
            answer.resourceID = harvest.id
            return answer
        }
        routes.add(
            Operation(
                "voidHarvest", .delete, routes.path("harvests/{id}"),
                summary: "Takes back a harvest that was recorded by mistake.",
                details: "It leaves every sum that it went into. Harvests of a finished planting stay.",
                tag: routes.tag, access: .permission(FarmPermissions.operate), answers: [.noContent],
                refusals: [.conflict])
        ) { request, transaction in
            try await FarmRefusals.refusing {
                try await FarmWork(request, transaction).voidHarvest(request.id(of: "harvest"))
                return .nothing
            }
        }
    }
}

extension HarvestQuery {
    init(reading fields: inout FieldReader) {
        self.init(
            farmID: fields.optionalID("farm_id"), blockID: fields.optionalID("block_id"),
            plantingID: fields.optionalID("planting_id"), cropID: fields.optionalID("crop_id"),
            from: fields.optionalFarmDay("from"), to: fields.optionalFarmDay("to"))
        if let from, let to, to < from { fields.fault("to", "is before from") }
    }
}

extension HarvestDraft {
    init(reading fields: inout FieldReader) {
        self.init(
            blockID: fields.id("block_id"),
            grams: fields.decimal("quantity_kg", places: Kilograms.places, in: Yield.harvestRange),
            grade: fields.optionalWord("grade", of: HarvestGrade.self) ?? .a,
            note: fields.optionalText("note", length: 0...1000, multiline: true))
    }
}

/// What is asked to be planted, or planned.
private struct PlantingRequest {
    let blockID: String
    let change: StateRequest

    init(reading fields: inout FieldReader) {
        blockID = fields.id("block_id")
        let crop = fields.id("crop_id")
        let plants = fields.integer("plants", in: Yield.plantsRange)
        let day = fields.optionalFarmDay("planned_day")
        change = StateRequest(
            to: day == nil ? .planted : .planned, cropID: crop, plants: plants, plannedDay: day,
            note: fields.optionalText("note", length: 0...1000, multiline: true))
    }
}
