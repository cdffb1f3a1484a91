import PlantKit

/// What clients write of an entry.
struct GeneratedSampleEntryDraft: ResourceDraft, Equatable {
    let name: String

    static let fields: Set<String> = ["name"]

    var columns: [ResourceColumn] {
        [
            ResourceColumn(name: "name", value: .text(name)),
            // Lower-cased here, as the databases disagree on what lower() does beyond ASCII.
            ResourceColumn(name: "search_text", value: .text(name.lowercased())),
        ]
    }

    init(reading fields: inout FieldReader) {
        name = fields.text("name", length: 1...120)
    }
}
