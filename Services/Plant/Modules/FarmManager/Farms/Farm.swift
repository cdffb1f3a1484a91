package import PlantKit

/// A farm.
package struct Farm: Resource, Equatable {
    package let id: String
    /// Given out in order; the first part of its blocks' codes.
    package let number: Int64
    package var name: String
    /// See `FarmCode`.
    package var code: String
    /// The customer that owns it.
    package var customerID: String?
    /// A token's subject.
    package var manager: String?
    package var location: String?
    package var latitude: Degrees?
    package var longitude: Degrees?
    package var totalArea: AreaAmount?
    package var areaUnit: Area.Unit?
    /// Square metres.
    package let totalAreaM2: Int64?
    package var description: String?
    package let version: Int64
    package let createdAt: Timestamp
    package let updatedAt: Timestamp

    enum CodingKeys: String, CodingKey {
        case id, number, name, code, manager, location, latitude, longitude, description, version
        case customerID = "customer_id"
        case totalArea = "total_area"
        case areaUnit = "area_unit"
        case totalAreaM2 = "total_area_m2"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
    }

    package static let schema = ResourceSchema(
        name: "farm", path: "/api/v1/farm/farms", table: "farm_manager_farms",
        columns: [
            "id", "number", "name", "code", "customer_id", "manager", "location", "latitude_e6", "longitude_e6",
            "area_amount", "area_unit", "area_m2", "description", "version", "created_at", "updated_at",
        ],
        filters: ["code", "customer_id", "manager"], sorts: ["name", "code", "number", "created_at"],
        defaultSort: "name", searchColumn: "search_text",
        // SQLite names the column, PostgreSQL the index.
        uniqueFields: ["farm_manager_farms.code": "code", "farm_manager_farms_code": "code"])

    package init(row: SQLRow) throws {
        id = try row.text("id")
        number = try row.integer("number")
        name = try row.text("name")
        code = try row.text("code")
        customerID = try row.optionalText("customer_id")
        manager = try row.optionalText("manager")
        location = try row.optionalText("location")
        latitude = try row.optionalInteger("latitude_e6").map(Degrees.init(millionths:))
        longitude = try row.optionalInteger("longitude_e6").map(Degrees.init(millionths:))
        totalArea = try row.optionalInteger("area_amount").map(AreaAmount.init(tenThousandths:))
        areaUnit = try row.optionalWord("area_unit", as: Area.Unit.self)
        totalAreaM2 = try row.optionalInteger("area_m2")
        description = try row.optionalText("description")
        version = try row.integer("version")
        createdAt = try row.moment("created_at")
        updatedAt = try row.moment("updated_at")
    }

    package typealias Draft = FarmDraft
}
