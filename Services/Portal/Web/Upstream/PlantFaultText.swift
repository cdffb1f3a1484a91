import HTTPTypes

/// What a page says of a failure at the plant, and what to do about it.
struct PlantFaultText: Sendable, Equatable {
    let status: HTTPResponse.Status
    let title: String
    let detail: String
    let next: String
    /// The Keys page tells more: this is what it is for.
    let concernsKeys: Bool
    /// Seconds.
    let retryAfter: Int?

    init(_ failure: PlantFailure, _ texts: Texts) {
        switch failure {
        case .tokenRefused(let code):
            let known = texts.known("plant.refused_\(code)")
            self.init(
                .badGateway, texts["plant.refused_title"], known ?? texts("plant.refused", ["code": code]),
                known == nil ? texts["plant.refused_next"] : "", concernsKeys: known == nil)
        case .forbidden(let code):
            self.init(
                .forbidden, texts["plant.forbidden_title"],
                texts.known("plant.forbidden_\(code)") ?? texts["plant.forbidden"], texts["plant.forbidden_next"])
        case .notFound(let detail):
            self.init(
                .notFound, texts["plant.not_found_title"], detail.isEmpty ? texts["plant.not_found"] : detail,
                texts["plant.not_found_next"])
        case .conflict(let detail, _):
            self.init(.conflict, texts["plant.conflict_title"], detail, texts["plant.conflict_next"])
        case .sentBefore:
            self.init(.conflict, texts["plant.conflict_title"], texts["plant.sent_before"], "")
        case .invalid(let detail, let fields):
            let faults = fields.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            self.init(
                .unprocessableContent, texts["plant.invalid_title"],
                ([detail] + faults).filter { !$0.isEmpty }.joined(separator: " · "), texts["plant.invalid_next"])
        case .busy(let seconds):
            self.init(
                .tooManyRequests, texts["plant.busy_title"], texts["plant.busy"],
                texts("plant.retry", ["seconds": String(seconds)]), retryAfter: seconds)
        case .unavailable(let code, let seconds):
            self.init(
                .serviceUnavailable, texts["plant.unavailable_title"], texts("plant.unavailable", ["code": code]),
                texts("plant.retry", ["seconds": String(seconds)]), retryAfter: seconds)
        case .broken(let code):
            self.init(
                .badGateway, texts["plant.unavailable_title"], texts("plant.broken", ["code": code]),
                texts["plant.broken_next"])
        case .outcomeUnknown:
            self.init(
                .badGateway, texts["plant.outcome_title"], texts["plant.outcome"], texts["plant.outcome_next"])
        case .unreachable:
            self.init(
                .badGateway, texts["plant.unreachable_title"], texts["plant.unreachable"],
                texts["plant.unreachable_next"], concernsKeys: true)
        case .unreadable:
            self.init(
                .badGateway, texts["plant.unreadable_title"], texts["plant.unreadable"],
                texts["plant.unreadable_next"])
        }
    }

    private init(
        _ status: HTTPResponse.Status, _ title: String, _ detail: String, _ next: String, concernsKeys: Bool = false,
        retryAfter: Int? = nil
    ) {
        self.status = status
        self.title = title
        self.detail = detail
        self.next = next
        self.concernsKeys = concernsKeys
        self.retryAfter = retryAfter
    }
}
