package import PlantKit

/// What people write of a farm.
package struct FarmDraft: ResourceDraft, Equatable {
    package var name: String
    package var code: String
    package var customerID: String?
    package var manager: String?
    package var location: String?
    package var latitude: Degrees?
    package var longitude: Degrees?
    package var area: Area?
    package var description: String?

    package static let fields: Set<String> = [
        "name", "code", "customer_id", "manager", "location", "latitude", "longitude", "total_area", "area_unit",
        "description",
    ]

    package var columns: [ResourceColumn] {
        [
            ResourceColumn(name: "name", value: .text(name)),
            ResourceColumn(name: "code", value: .text(code)),
            ResourceColumn(name: "customer_id", value: .optional(customerID)),
            ResourceColumn(name: "manager", value: .optional(manager)),
            ResourceColumn(name: "location", value: .optional(location)),
            ResourceColumn(name: "latitude_e6", value: .optional(latitude?.millionths)),
            ResourceColumn(name: "longitude_e6", value: .optional(longitude?.millionths)),
            ResourceColumn(name: "description", value: .optional(description)),
            ResourceColumn(
                name: "search_text",
                value: .text([name, code, location ?? ""].joined(separator: "\n").lowercased())),
        ] + area.columns
    }

    package init(
        name: String, code: String, customerID: String? = nil, manager: String? = nil, location: String? = nil,
        latitude: Degrees? = nil, longitude: Degrees? = nil, area: Area? = nil, description: String? = nil
    ) {
        self.name = name
        self.code = code
        self.customerID = customerID
        self.manager = manager
        self.location = location
        self.latitude = latitude
        self.longitude = longitude
        self.area = area
        self.description = description
    }

    package init(reading fields: inout FieldReader) {
        name = fields.text("name", length: 1...120)
        code = fields.text("code", length: 1...8)
        fields.check("code", code, .farmCode)
        customerID = fields.optionalID("customer_id")
        manager = fields.optionalText("manager", length: 1...128)
        location = fields.optionalText("location", length: 1...240)
        latitude = fields.optionalDecimal("latitude", places: 6, in: -90_000_000...90_000_000)
            .map(Degrees.init(millionths:))
        longitude = fields.optionalDecimal("longitude", places: 6, in: -180_000_000...180_000_000)
            .map(Degrees.init(millionths:))
        if latitude == nil, longitude != nil { fields.fault("latitude", "is required with longitude") }
        if longitude == nil, latitude != nil { fields.fault("longitude", "is required with latitude") }
        area = fields.optionalArea("total_area", "area_unit")
        description = fields.optionalText("description", length: 0...2000, multiline: true)
    }
}
