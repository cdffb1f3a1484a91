import Foundation

/// A time on a page: for machines in `datetime`, for people in UTC, until the viewer's browser shows it in its own zone.
struct PageMoment: Sendable {
    let machine: PageText
    let shown: PageText

    /// - Parameter seconds: since the epoch.
    init(_ seconds: Int64) {
        machine = PageText(Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601))
        shown = PageText(Self.words(seconds))
    }

    /// In a sentence, in UTC.
    static func words(_ seconds: Int64) -> String {
        Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(
            .iso8601.year().month().day().dateTimeSeparator(.space).time(includingFractionalSeconds: false)) + " UTC"
    }
}
