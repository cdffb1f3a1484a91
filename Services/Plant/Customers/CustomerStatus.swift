/// Whether a customer may use the suite.
enum CustomerStatus: String, Codable, CaseIterable, Sendable {
    case active
    /// Known, and refused with `customer_suspended`.
    case suspended
}
