import PlantKit

enum ImportTables {
    static let farms = ImportTable<FarmDraft>(
        columns: [
            .init(name: "code", isRequired: true, help: "Such as FCD2."),
            .init(name: "name", isRequired: true, help: "1 to 120 characters."),
            .init(name: "customer_id", help: "The id of the customer that owns the farm, or nothing."),
            .init(name: "manager", help: "The manager's subject, as tokens have it, or nothing."),
            .init(name: "location", help: "Up to 240 characters."),
            .init(name: "latitude", isNumber: true, help: "Degrees with a point, such as 25.276987."),
            .init(name: "longitude", isNumber: true, help: "Degrees with a point, such as 55.296249."),
            .init(name: "total_area", isNumber: true, help: "A number with a point, such as 12.5."),
            .init(name: "area_unit", help: "hectares, acres or square_metres."),
            .init(name: "description", help: "Up to 2000 characters."),
        ], ignored: [], read: FarmDraft.init(reading:))

    static let crops = ImportTable<CropDraft>(
        columns: [
            .init(name: "code", isRequired: true, help: "Such as TOM-CHERRY."),
            .init(name: "name", isRequired: true, help: "1 to 120 characters."),
            .init(name: "germination_days", isRequired: true, isNumber: true, help: "Whole days."),
            .init(name: "growing_days", isRequired: true, isNumber: true, help: "Whole days."),
            .init(
                name: "fruiting_days", isRequired: true, isNumber: true, help: "Whole days; 0 for a crop without fruit."
            ),
            .init(name: "harvesting_days", isRequired: true, isNumber: true, help: "Whole days."),
            .init(name: "cleaning_days", isRequired: true, isNumber: true, help: "Whole days."),
            .init(
                name: "yield_per_plant_kg", isRequired: true, isNumber: true,
                help: "Kilograms with a point, such as 4.5."),
            .init(name: "notes", help: "Up to 2000 characters."),
        ], ignored: [], read: CropDraft.init(reading:))

    static let blocks = ImportTable<BlockDraft>(
        columns: [
            .init(name: "farm_code", isRequired: true, help: "The code of a farm that you reach."),
            .init(name: "code", help: "Such as F001-005; nothing: the farm's next one."),
            .init(name: "name", help: "Up to 120 characters."),
            .init(
                name: "type", isRequired: true,
                help: "\(BlockType.allCases.map(\.rawValue).joined(separator: ", "))."),
            .init(name: "max_plants", isRequired: true, isNumber: true, help: "How many plants there is room for."),
            .init(name: "area", isNumber: true, help: "A number with a point, such as 240.5."),
            .init(name: "area_unit", help: "hectares, acres or square_metres."),
            .init(name: "position_x", isNumber: true, help: "A cell of the farm's plan, from 0."),
            .init(name: "position_y", isNumber: true, help: "A cell of the farm's plan, from 0."),
        ], ignored: ["state", "state_since", "next_state", "next_day"], read: BlockDraft.init(reading:))
}
