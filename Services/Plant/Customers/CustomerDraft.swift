import PlantKit
import Storage

/// What operators write of a customer (and, of name and phone, the customer).
struct CustomerDraft: ResourceDraft, Equatable {
    var name: String
    /// Lower case: two spellings of one address are one address.
    var email: String
    var phone: String?
    /// Operators' own; customers do not see it.
    var notes: String?
    /// A slug, e.g. `free`. Which plans there are, and what they grant, is the business of whoever sells them.
    var plan: String
    var status: CustomerStatus

    static let fields: Set<String> = ["name", "email", "phone", "notes", "plan", "status"]
    static let firstPlan = "free"

    var columns: [ResourceColumn] {
        [
            ResourceColumn(name: "name", value: .text(name)),
            ResourceColumn(name: "email", value: .text(email)),
            ResourceColumn(name: "phone", value: .optional(phone)),
            ResourceColumn(name: "notes", value: .optional(notes)),
            ResourceColumn(name: "plan", value: .text(plan)),
            ResourceColumn(name: "status", value: .text(status.rawValue)),
            // Lower-cased here, as the databases disagree on what lower() does beyond ASCII.
            ResourceColumn(name: "search_text", value: .text("\(name)\n\(email)".lowercased())),
        ]
    }

    init(name: String, email: String, phone: String?, notes: String?, plan: String, status: CustomerStatus) {
        self.name = name
        self.email = email
        self.phone = phone
        self.notes = notes
        self.plan = plan
        self.status = status
    }

    init(reading fields: inout FieldReader) {
        name = fields.text("name", length: 1...200)
        email = fields.text("email", length: 3...254).lowercased()
        fields.check("email", email, .email)
        phone = fields.optionalText("phone", length: 3...40)
        fields.check("phone", phone, .phone)
        notes = fields.optionalText("notes", length: 0...4000, multiline: true)
        plan = fields.text("plan", length: 1...32, default: Self.firstPlan)
        fields.check("plan", plan, .slug)
        status = fields.choice("status", default: .active)
    }
}
