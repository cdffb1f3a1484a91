import HTTPKit
import HTTPTypes
import Hummingbird
import ServerKit

/// What people do on the Block Monitor. Each form is one piece of work at the plant: what it accepts leads back to the page
/// (303), what it does not shows the page again with what was typed.
struct FarmWorkRoutes: Sendable {
    let routes: FarmRoutes

    private var parts: WebParts { routes.parts }

    func add(to visitors: VisitorRoutes) {
        visitors.post("farms", .farms, FieldSet.self) { typed, visitor, _ in
            var reading = WorkReading(typed, parts.texts, now: visitor.now)
            for name in ["name", "code", "location"] { reading.text(name) }
            return try await submit(
                "farm", typed, reading, to: "farms", visitor, done: "/farms?notice=farm_added"
            ) { try await routes.farms(visitor, attempt: $0, status: $1) }
        }
        visitors.post("farms/:farm/blocks", .farms, FieldSet.self) { typed, visitor, context in
            let farm = try FarmRoutes.id("farm", context)
            var reading = WorkReading(typed, parts.texts, now: visitor.now)
            for name in ["type", "name"] { reading.text(name) }
            reading.integer("max_plants")
            return try await submit(
                "block", typed, reading, to: "farms/\(farm.text)/blocks", visitor,
                done: FarmAddress.farm(farm.text) + "?notice=block_added"
            ) { try await routes.farm(farm, visitor, attempt: $0, status: $1) }
        }
        addBlockWork(to: visitors)
        addAlertWork(to: visitors)
    }

    private func addBlockWork(to visitors: VisitorRoutes) {
        visitors.post("farms/:farm/blocks/:block/state", .farms, FieldSet.self) { typed, visitor, context in
            let (farm, block) = (try FarmRoutes.id("farm", context), try FarmRoutes.id("block", context))
            return try await parts.withPlant(visitor) { try await move(block, of: farm, typed, visitor) }
        }
        visitors.post("farms/:farm/blocks/:block/harvests", .farms, FieldSet.self) { typed, visitor, context in
            let (farm, block) = (try FarmRoutes.id("farm", context), try FarmRoutes.id("block", context))
            var reading = WorkReading(typed, parts.texts, now: visitor.now)
            reading.set("block_id", .text(block.text))
            reading.decimal("quantity_kg")
            for name in ["grade", "note"] { reading.text(name) }
            reading.happened()
            return try await submit(
                "harvest", typed, reading, to: "harvests", visitor,
                done: FarmAddress.block(block.text, of: farm.text) + "?notice=harvest_recorded"
            ) { try await routes.block(block, of: farm, visitor, attempt: $0, status: $1) }
        }
    }

    private func addAlertWork(to visitors: VisitorRoutes) {
        visitors.post("farms/:farm/alerts", .farms, FieldSet.self) { typed, visitor, context in
            let farm = try FarmRoutes.id("farm", context)
            return try await submit(
                "alert", typed, alert(typed, farm, nil, visitor), to: "alerts", visitor,
                done: FarmAddress.farm(farm.text) + "?notice=alert_raised"
            ) { try await routes.farm(farm, visitor, attempt: $0, status: $1) }
        }
        visitors.post("farms/:farm/blocks/:block/alerts", .farms, FieldSet.self) { typed, visitor, context in
            let (farm, block) = (try FarmRoutes.id("farm", context), try FarmRoutes.id("block", context))
            return try await submit(
                "alert", typed, alert(typed, farm, block, visitor), to: "alerts", visitor,
                done: FarmAddress.block(block.text, of: farm.text) + "?notice=alert_raised"
            ) { try await routes.block(block, of: farm, visitor, attempt: $0, status: $1) }
        }
        visitors.post("farms/:farm/alerts/:alert/resolve", .farms, FieldSet.self) { typed, visitor, context in
            let (farm, alert) = (try FarmRoutes.id("farm", context), try FarmRoutes.id("alert", context))
            let block = RecordID(typed["block"])
            var reading = WorkReading(typed, parts.texts, now: visitor.now)
            reading.text("resolution")
            let back = block.map { FarmAddress.block($0.text, of: farm.text) } ?? FarmAddress.farm(farm.text)
            return try await submit(
                "resolve-\(alert.text)", typed, reading, to: "alerts/\(alert.text)/resolve", visitor,
                done: back + "?notice=alert_resolved"
            ) { attempt, status in
                if let block {
                    return try await routes.block(block, of: farm, visitor, attempt: attempt, status: status)
                }
                return try await routes.farm(farm, visitor, attempt: attempt, status: status)
            }
        }
    }

    private func alert(_ typed: FieldSet, _ farm: RecordID, _ block: RecordID?, _ visitor: Visitor) -> WorkReading {
        var reading = WorkReading(typed, parts.texts, now: visitor.now)
        reading.set("farm_id", .text(farm.text))
        if let block { reading.set("block_id", .text(block.text)) }
        for name in ["severity", "title", "description"] { reading.text(name) }
        return reading
    }

    /// Another state, planting included.
    private func move(
        _ block: RecordID, of farm: RecordID, _ typed: FieldSet, _ visitor: Visitor
    ) async throws -> Response {
        let now = try await FarmManager(plant: routes.plant, visitor: visitor).block(block)
        let form = now.state == BlockState.empty.rawValue ? "plant" : "move"
        let again: Again = { try await routes.block(block, of: farm, visitor, attempt: $0, status: $1) }
        // Somebody else's change is not undone by one who has not seen it.
        guard typed["version"] == String(now.version) else {
            let words = parts.texts(
                "form.changed_meanwhile", ["state": StateMark.word(now.state, parts.texts)])
            return try await again(FormAttempt(form: form, typed: typed, problem: words), .conflict)
        }
        if typed["confirmed"] != "yes", let consequence = ConfirmPage.Consequence(from: now.state, to: typed["state"]) {
            return try parts.pages.response(
                ConfirmPage(
                    parts: parts, visitor: visitor, block: now, state: typed["state"], consequence: consequence,
                    carried: typed.carried(["state", "day", "note", "version", "once"])))
        }
        var reading = WorkReading(typed, parts.texts, now: visitor.now)
        for name in ["state", "crop_id", "note"] { reading.text(name) }
        reading.integer("plants")
        // Said of a plan alone; the form shows the field for all of them.
        if typed["state"] == BlockState.planned.rawValue { reading.day("planned_day") }
        reading.happened()
        return try await submit(
            form, typed, reading, to: "blocks/\(block.text)/status", expecting: "\"v\(now.version)\"", visitor,
            done: FarmAddress.block(block.text, of: farm.text) + "?notice=block_moved", again: again)
    }

    /// Shows the page again.
    private typealias Again = @Sendable (FormAttempt, HTTPResponse.Status) async throws -> Response

    /// - Parameters:
    ///   - tag: what the change is made of, for the plant to compare.
    ///   - done: where to go when it is done.
    private func submit(
        _ form: String, _ typed: FieldSet, _ reading: WorkReading, to path: String, expecting tag: String? = nil,
        _ visitor: Visitor, done: String, again: Again
    ) async throws -> Response {
        let texts = parts.texts
        return try await parts.withPlant(visitor) {
            guard reading.faults.isEmpty else {
                return try await again(
                    FormAttempt(form: form, typed: typed, problem: texts["form.faults"], faults: reading.faults),
                    .unprocessableContent)
            }
            guard let once = OnceKey.parse(typed["once"]) else {
                return try await again(
                    FormAttempt(form: form, typed: typed, problem: texts["form.stale"]), .unprocessableContent)
            }
            do throws(PlantFailure) {
                try await FarmManager(plant: routes.plant, visitor: visitor).post(
                    FarmWork(path: path, body: reading.body, key: once, expectedTag: tag))
            } catch {
                let fault = PlantFaultText(error, texts)
                let attempt = FormAttempt(
                    form: form, typed: typed, problem: FarmFaults.sentence(error, fault, texts),
                    faults: FarmFaults.byField(error))
                do { return try await again(attempt, fault.status) } catch is PlantFailure {
                    // Nor does the page come: what is said is why the work was not done.
                    throw error
                }
            }
            return WebAnswers.redirect(to: done)
        }
    }
}

/// A failure of the plant beside a form.
enum FarmFaults {
    /// Above the fields.
    static func sentence(_ failure: PlantFailure, _ fault: PlantFaultText, _ texts: Texts) -> String {
        switch failure {
        case .invalid(_, let fields) where !fields.isEmpty: texts["form.faults"]
        case .conflict(let detail, _): detail
        case .invalid, .tokenRefused, .forbidden, .notFound, .sentBefore, .busy, .unavailable, .broken, .outcomeUnknown,
            .unreachable, .unreadable:
            [fault.detail, fault.next].filter { !$0.isEmpty }.joined(separator: " ")
        }
    }

    /// Beside each field, by the name that it has on the form.
    static func byField(_ failure: PlantFailure) -> [String: String] {
        guard case .invalid(_, let fields) = failure else { return [:] }
        return Dictionary(fields.map { ($0 == "at" ? "day" : $0, $1) }) { first, _ in first }
    }
}
