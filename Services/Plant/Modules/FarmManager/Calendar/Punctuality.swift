/// How a change stands to the day on which it was expected.
package enum Punctuality: String, Sendable, CaseIterable, Codable {
    case early
    case onTime = "on_time"
    case late

    /// - Parameter offset: days after the expected day; negative before it.
    package init(offset: Int64) {
        self = offset < 0 ? .early : offset == 0 ? .onTime : .late
    }
}
