import NIOCore

/// Lets through the first of many like warnings, and then one in a while with the number of those in between: what fails
/// for each request must not fill the log as well.
struct BoundedWarning {
    private static let interval = TimeAmount.seconds(10)

    private var next: NIODeadline?
    private var held = 0

    /// - Returns: how many were held back since the last one; nil: hold back this one too.
    mutating func due(now: NIODeadline) -> Int? {
        if let next, now < next {
            held += 1
            return nil
        }
        defer { held = 0 }
        next = now + Self.interval
        return held
    }
}
