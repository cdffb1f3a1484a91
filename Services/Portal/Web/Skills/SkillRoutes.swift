import HTTPKit
import HTTPTypes
import Hummingbird
import ServerKit

/// The catalogue of skills: everybody at the platform reads it, some write it.
struct SkillRoutes: AreaPages {
    let parts: WebParts
    let plant: PlantAPI

    /// Two thousand characters of any language, as a form sends them.
    private static let formBytes = 32 * 1024

    func add(to visitors: VisitorRoutes) {
        visitors.get("skills", .skills) { request, visitor in
            try await parts.withPlant(visitor) {
                let filter = SkillCatalogue.filter.reading(request.sentQuery)
                return try await list(visitor, filter, notice: request.notice)
            }
        }
        visitors.get("skills/new", .skills) { _, visitor in
            try await parts.withPlant(visitor) { try await adding(visitor) }
        }
        visitors.post("skills", .skills, FieldSet.self, maximumBytes: Self.formBytes) { typed, visitor, _ in
            try await add(typed, visitor)
        }
        visitors.get("skills/:skill", .skills) { request, visitor, context in
            let id = try Self.id(context)
            return try await parts.withPlant(visitor) { try await one(id, visitor, notice: request.notice) }
        }
        visitors.post("skills/:skill", .skills, FieldSet.self, maximumBytes: Self.formBytes) {
            typed, visitor, context in
            try await change(try Self.id(context), typed, visitor)
        }
        visitors.get("skills/:skill/remove", .skills) { _, visitor, context in
            let id = try Self.id(context)
            return try await parts.withPlant(visitor) {
                try await require(visitor)
                return try await removing(id, visitor)
            }
        }
        visitors.post("skills/:skill/remove", .skills, FieldSet.self) { typed, visitor, context in
            try await remove(try Self.id(context), typed, visitor)
        }
    }

    private static func id(_ context: AppContext) throws -> RecordID { try FarmRoutes.id("skill", context) }

    /// A form is shown to those who may send it; whether it is done is the plant's to say.
    private func require(_ visitor: Visitor) async throws {
        guard try await rights(of: visitor).mayChange else {
            throw Refusal(.forbidden, "Your roles do not allow to change skills.")
        }
    }

    private func rights(of visitor: Visitor) async throws(PlantFailure) -> SkillRights {
        SkillRights(try await plant.permissions(of: visitor))
    }

    private func list(_ visitor: Visitor, _ filter: RecordFilter, notice: String?) async throws -> Response {
        let catalogue = SkillCatalogue(plant: plant, visitor: visitor)
        async let categories = try? catalogue.categories()
        async let rights = rights(of: visitor)
        let list = try await catalogue.list(filter)
        return try parts.pages.response(
            SkillsPage(
                parts: parts, visitor: visitor, rights: try await rights, list: list,
                categories: await categories ?? [], filter: filter, notice: notice))
    }

    private func adding(
        _ visitor: Visitor, attempt: FormAttempt? = nil, status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        try await require(visitor)
        let texts = parts.texts
        return try parts.pages.response(
            RecordFormPage(
                frame: parts.frame(texts["skills.add"], for: visitor), back: SkillForms.address,
                backLabel: texts["skills.back"], heading: texts["skills.add"], said: [texts["skills.add_hint"]],
                form: SkillForms(texts: texts, visitor: visitor).adding(attempt)), status: status)
    }

    private func add(_ typed: FieldSet, _ visitor: Visitor) async throws -> Response {
        let reading = SkillForms.reading(typed, parts.texts, now: visitor.now)
        let catalogue = SkillCatalogue(plant: plant, visitor: visitor)
        return try await RecordWork(parts: parts, visitor: visitor, form: "skill_new", typed: typed).submit(
            faults: reading.faults, needsVersion: false,
            again: { try await adding(visitor, attempt: $0, status: $1) },
            work: { change async throws(PlantFailure) in
                let skill = try await catalogue.add(reading.body, change)
                return SkillForms.address(skill.id) + "?notice=skill_added"
            })
    }

    private func one(
        _ id: RecordID, _ visitor: Visitor, attempt: FormAttempt? = nil, status: HTTPResponse.Status = .ok,
        notice: String? = nil
    ) async throws -> Response {
        async let asked = rights(of: visitor)
        let skill = try await SkillCatalogue(plant: plant, visitor: visitor).skill(id)
        let rights = try await asked
        // A form that is not offered any more can't be shown again: it is said why.
        guard attempt == nil || rights.mayChange else { throw PlantFailure.forbidden(code: "forbidden") }
        return try parts.pages.response(
            SkillPage(
                parts: parts, visitor: visitor, rights: rights, skill: skill,
                attempt: RecordVersion.comparing(attempt, with: skill.fields, version: skill.version, parts.texts),
                notice: notice), status: status)
    }

    private func change(_ id: RecordID, _ typed: FieldSet, _ visitor: Visitor) async throws -> Response {
        let reading = SkillForms.reading(typed, parts.texts, now: visitor.now)
        let catalogue = SkillCatalogue(plant: plant, visitor: visitor)
        return try await RecordWork(parts: parts, visitor: visitor, form: "skill", typed: typed).submit(
            faults: reading.faults, again: { try await one(id, visitor, attempt: $0, status: $1) },
            work: { change async throws(PlantFailure) in
                let skill = try await catalogue.replace(id, reading.body, change)
                return SkillForms.address(skill.id) + "?notice=skill_changed"
            })
    }

    private func removing(
        _ id: RecordID, _ visitor: Visitor, attempt: FormAttempt? = nil, status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let texts = parts.texts
        let skill = try await SkillCatalogue(plant: plant, visitor: visitor).skill(id)
        let attempt = RecordVersion.comparing(attempt, with: [:], version: skill.version, texts)
        return try parts.pages.response(
            RecordFormPage(
                frame: parts.frame(texts["confirm.title"], for: visitor), back: SkillForms.address(skill.id),
                backLabel: skill.name, heading: texts("skills.remove_question", ["name": skill.name]),
                said: [texts["skills.remove_means"]],
                form: SkillForms(texts: texts, visitor: visitor).removing(skill, attempt)), status: status)
    }

    private func remove(_ id: RecordID, _ typed: FieldSet, _ visitor: Visitor) async throws -> Response {
        let catalogue = SkillCatalogue(plant: plant, visitor: visitor)
        return try await RecordWork(parts: parts, visitor: visitor, form: "skill_remove", typed: typed).submit(
            again: { try await removing(id, visitor, attempt: $0, status: $1) },
            work: { change async throws(PlantFailure) in
                try await catalogue.remove(id, change)
                return SkillForms.address + "?notice=skill_removed"
            })
    }
}
