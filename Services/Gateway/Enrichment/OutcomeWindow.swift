package import NIOCore

/// How many calls of late went well and how many failed: ten buckets of a second each.
package struct OutcomeWindow: Sendable {
    private struct Bucket {
        var second: UInt64 = 0
        var calls = 0
        var failures = 0
    }

    /// Seconds.
    package static let length: UInt64 = 10
    private var buckets = Array(repeating: Bucket(), count: Int(length))

    package init() {}

    package mutating func count(failed: Bool, now: NIODeadline) {
        let second = Self.second(now)
        let place = Int(second % Self.length)
        if buckets[place].second != second { buckets[place] = Bucket(second: second) }
        buckets[place].calls += 1
        if failed { buckets[place].failures += 1 }
    }

    package func sum(now: NIODeadline) -> (calls: Int, failures: Int) {
        let second = Self.second(now)
        return buckets.reduce(into: (calls: 0, failures: 0)) { sum, bucket in
            guard bucket.second + Self.length > second else { return }
            sum.calls += bucket.calls
            sum.failures += bucket.failures
        }
    }

    private static func second(_ now: NIODeadline) -> UInt64 { now.uptimeNanoseconds / 1_000_000_000 }
}
