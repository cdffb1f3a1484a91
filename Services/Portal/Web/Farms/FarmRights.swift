/// What the Block Monitor offers. The plant decides by the same permissions again where it is done.
struct FarmRights: Sendable {
    /// States, plantings, harvests, alerts.
    let mayOperate: Bool
    /// Farms and blocks themselves.
    let mayManage: Bool

    init(_ permissions: PlantPermissions) {
        mayOperate = permissions.may(.operateFarms)
        mayManage = permissions.may(.manageFarms)
    }

    /// A form that is not offered any more can't be shown again: it is said why.
    func require(_ attempt: FormAttempt?) throws(PlantFailure) {
        guard let attempt else { return }
        let isOffered = ["farm", "block"].contains(attempt.form) ? mayManage : mayOperate
        guard isOffered else { throw .forbidden(code: "forbidden") }
    }
}
