import PlantKit
import Storage

/// What operators write of a skill.
struct SkillDraft: ResourceDraft, Equatable {
    var name: String
    var description: String?
    /// A slug, e.g. `irrigation`.
    var category: String
    /// From 1, anyone after a day, to 5, years of practice; nil where levels make no sense.
    var level: Int64?

    static let fields: Set<String> = ["name", "description", "category", "level"]

    var columns: [ResourceColumn] {
        [
            ResourceColumn(name: "name", value: .text(name)),
            // What is unique: "Pruning" and "pruning" are one skill.
            ResourceColumn(name: "name_key", value: .text(name.lowercased())),
            ResourceColumn(name: "description", value: .optional(description)),
            ResourceColumn(name: "category", value: .text(category)),
            ResourceColumn(name: "level", value: .optional(level)),
            ResourceColumn(name: "search_text", value: .text("\(name)\n\(description ?? "")".lowercased())),
        ]
    }

    init(name: String, description: String?, category: String, level: Int64?) {
        self.name = name
        self.description = description
        self.category = category
        self.level = level
    }

    init(reading fields: inout FieldReader) {
        name = fields.text("name", length: 1...120)
        description = fields.optionalText("description", length: 0...2000, multiline: true)
        category = fields.text("category", length: 1...32, default: "general")
        fields.check("category", category, .slug)
        level = fields.optionalInteger("level", in: 1...5)
    }
}
