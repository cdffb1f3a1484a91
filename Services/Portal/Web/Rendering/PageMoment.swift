import Foundation

/// A time on a page: for machines in `datetime`, for people in UTC, until the viewer's browser shows it in its own zone.
struct PageMoment: Sendable {
    let machine: PageText
    let shown: PageText

    /// - Parameter seconds: since the epoch.
    init(_ seconds: Int64) {
        let date = Date(timeIntervalSince1970: TimeInterval(seconds))
        machine = PageText(date.formatted(.iso8601))
        shown = PageText(
            date.formatted(
                .iso8601.year().month().day().dateTimeSeparator(.space).time(includingFractionalSeconds: false))
                + " UTC")
    }
}
