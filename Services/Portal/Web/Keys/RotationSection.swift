import Contracts

/// The rotation on the keys page: its steps, who has not acknowledged yet, and what may be done.
struct RotationSection: Sendable {
    /// Whether the visitor may rotate from here.
    enum Desk: Sendable, Equatable {
        case open
        /// The visitor's roles are not enough.
        case notAllowed
        /// The ring comes from where nothing can be written to.
        case notWritable(source: String)
    }

    struct Step: Sendable {
        let label: PageText
        let detail: PageText
        /// `done`, `now`, `later`; said in words for who does not see it.
        let state: PageText
        let stateName: PageText
    }

    struct Waiting: Sendable {
        let replica: PageText
        let reason: PageText
    }

    let isUnderWay: Bool
    let summary: PageText
    let steps: [Step]
    let waiting: [Waiting]
    let mayStart: Bool
    let mayRollBack: Bool
    /// Why nothing can be done from here; empty where something can.
    let hint: PageText

    init(_ picture: FleetPicture, desk: Desk, texts: Texts) {
        let record = picture.rotation
        let open = record.flatMap { $0.endedAt == nil ? $0 : nil }
        isUnderWay = open != nil
        summary = Self.summary(record, texts)
        steps = open.map { Self.steps($0, texts) } ?? []
        waiting = open.map { Self.waiting(for: $0, picture.standings, texts) } ?? []
        mayStart = desk == .open && open == nil
        mayRollBack = desk == .open && open.map { !$0.isRollback && !$0.isCompromised } == true
        hint =
            switch desk {
            case .open: ""
            case .notAllowed: PageText(texts["rotation.not_allowed"])
            case .notWritable(let source): PageText(texts("rotation.not_writable", ["source": source]))
            }
    }

    private static func summary(_ record: RotationRecord?, _ texts: Texts) -> PageText {
        guard let record else { return texts.page("rotation.never") }
        let values = ["from": PageText(record.fromKid), "to": PageText(record.toKid), "by": PageText(record.by)]
        guard let endedAt = record.endedAt else {
            return texts.page(record.isRollback ? "rotation.taking_back" : "rotation.under_way", values)
        }
        return texts.page(
            record.phase == "rolled_back" ? "rotation.was_taken_back" : "rotation.was_finished",
            values.merging(["at": PageText(moment: endedAt)]) { $1 })
    }

    private static func steps(_ record: RotationRecord, _ texts: Texts) -> [Step] {
        let phases = ["begun", "promoted", "confirmed", "finished"]
        let reached = phases.firstIndex(of: record.phase) ?? 0
        let times = [record.beganAt, record.promotedAt, record.confirmedAt, record.endedAt]
        return phases.indices.map { index in
            let state = index <= reached ? "done" : index == reached + 1 ? "now" : "later"
            return Step(
                label: PageText(texts["rotation.step_\(phases[index])"]),
                detail: index <= reached
                    ? times[index].map { PageText(moment: $0) } ?? "" : texts.page("rotation.wait_\(phases[index])"),
                state: PageText(texts["rotation.state_\(state)"]), stateName: PageText(state))
        }
    }

    /// Who has not acknowledged the step that is next (docs/decisions/0014).
    private static func waiting(
        for record: RotationRecord, _ standings: [KeyStanding], _ texts: Texts
    ) -> [Waiting] {
        standings.filter(\.reports).compactMap { standing in
            let key = standing.keys.first { $0.kid == record.toKid && $0.state != "revoked" }
            let reason: String? =
                switch (record.phase, key) {
                case ("confirmed", _): nil
                case (_, nil): "rotation.lacks"
                case ("promoted", let key?):
                    standing.isIssuer && key.state != "current" ? "rotation.not_signing" : nil
                case (_, let key?): standing.isIssuer || key.verified ? nil : "rotation.not_verified"
                }
            guard let reason else { return nil }
            return Waiting(
                replica: PageText([standing.service, standing.instance ?? ""].joined(separator: " ")),
                reason: PageText(texts[reason]))
        }
    }
}
