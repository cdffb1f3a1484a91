import PlantKit

/// What goes wrong on farms.
struct Trouble: Sendable {
    let severity: AlertSeverity
    let title: String
    let description: String
    let resolution: String

    static let ofBlocks = [
        Trouble(
            severity: .critical, title: "Irrigation pump stands still", description: "No flow since the morning round.",
            resolution: "Pump replaced, flow is back."),
        Trouble(
            severity: .high, title: "Whitefly on the south rows", description: "More than ten on a trap.",
            resolution: "Encarsia released, traps are clean."),
        Trouble(
            severity: .high, title: "EC above 3.5 mS/cm", description: "The dosing unit adds too much.",
            resolution: "Dosing unit calibrated."),
        Trouble(
            severity: .medium, title: "Powdery mildew on lower leaves", description: "A dozen plants so far.",
            resolution: "Leaves removed, humidity lowered."),
        Trouble(
            severity: .low, title: "A drip line leaks", description: "Near the third post.",
            resolution: "Line mended."),
    ]

    static let ofFarms = [
        Trouble(
            severity: .medium, title: "Cold store is at 9 °C", description: "It should be at 4 °C.",
            resolution: "Door seal replaced."),
        Trouble(
            severity: .low, title: "Crates run short", description: "Some forty are left.",
            resolution: "Two hundred came."),
    ]
}

struct SeededAlert {
    let id: String
    let farmID: String
    let blockID: String?
    let trouble: Trouble
    let by: String
    let at: Int64
    var resolved: (by: String, at: Int64)?

    init(id: String, farmID: String, blockID: String?, _ trouble: Trouble, by: String, at: Int64) {
        (self.id, self.farmID, self.blockID, self.trouble, self.by, self.at) = (id, farmID, blockID, trouble, by, at)
    }

    var row: [SQLValue] {
        [
            .text(id), .text(farmID), .optional(blockID), .text(trouble.severity.rawValue), .text(trouble.title),
            .text(trouble.description),
            .text((resolved == nil ? AlertStatus.active : .resolved).rawValue), .text(by), .integer(at),
            .optional(resolved?.by), .optional(resolved?.at), .optional(resolved.map { _ in trouble.resolution }),
            .integer(resolved == nil ? 1 : 2),
        ]
    }
}
