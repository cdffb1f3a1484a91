import Foundation
import ServiceKit

@testable import Portal

/// Pages of customers and skills with something in every place, for the tests that read all pages.
struct RecordSamples {
    let parts: WebParts
    let visitor: Visitor

    private func attempt(_ form: String) -> FormAttempt {
        FormAttempt(
            form: form, typed: FieldSet(["name": "typed", "notes": "typed", "version": "1"]), problem: "p",
            faults: ["name": "wrong", "other": "elsewhere"])
    }

    private var standing: RecordAnswers.Standing {
        RecordAnswers.Standing(
            status: "suspended", reason: FarmAnswers.markup, trialEndsAt: "1970-01-01T00:00:00Z",
            duplicateOf: RecordAnswers.otherID)
    }

    private var permissions: PlantPermissions { PlantRoles.permissions(of: visitor) }

    var all: [any WebPage] { get throws { try skills + customers } }

    private var skills: [any WebPage] {
        get throws {
            let skill: SkillDocument = try FarmSamples.decode(RecordAnswers.skill())
            let list: PlantList<SkillDocument> = try FarmSamples.decode(
                RecordSamples.pages([RecordAnswers.skill()]))
            return [
                SkillsPage(
                    parts: parts, visitor: visitor, rights: SkillRights(permissions), list: list,
                    categories: [FarmAnswers.markup],
                    filter: SkillCatalogue.filter.with("q", FarmAnswers.markup)),
                SkillPage(
                    parts: parts, visitor: visitor, rights: SkillRights(permissions), skill: skill,
                    attempt: attempt("skill")),
                RecordFormPage(
                    frame: parts.frame("t", for: visitor), back: "/b", backLabel: "b", heading: "h", said: ["s"],
                    facts: [.init("l", "v"), .init("t", at: 0)],
                    form: SkillForms(texts: parts.texts, visitor: visitor).removing(skill, attempt("skill_remove"))),
            ]
        }
    }

    private var customers: [any WebPage] {
        get throws {
            let active: CustomerDocument = try FarmSamples.decode(RecordAnswers.customer())
            let suspended: CustomerDocument = try FarmSamples.decode(RecordAnswers.customer(standing))
            let list: PlantList<CustomerDocument> = try FarmSamples.decode(
                RecordSamples.pages([RecordAnswers.customer(), RecordAnswers.customer(standing)]))
            let farms: PlantList<FarmDocument> = try FarmSamples.decode(FarmAnswers.list([FarmAnswers.farm]))
            let rights = CustomerRights(permissions)
            return [
                CustomersPage(
                    parts: parts, visitor: visitor, rights: rights, list: list,
                    counts: [("active", 1), ("suspended", 1)],
                    filter: CustomerBook.filter.with("status", "active"), notice: "customer_added"),
                CustomerPage(parts: parts, visitor: visitor, rights: rights, customer: active, farms: farms),
                CustomerPage(parts: parts, visitor: visitor, rights: rights, customer: suspended, farms: nil),
                CustomerMergePage(
                    parts: parts, visitor: visitor, customer: suspended, search: FarmAnswers.markup, found: list),
            ]
        }
    }

    /// The second of several pages.
    static func pages(_ elements: [String]) -> String {
        """
        {"data":[\(elements.joined(separator: ","))],"total":60,"page":2,"perPage":25,"totalPages":3}
        """
    }
}
