/// How far the keeper's clock is ahead of ours, measured as NTP does (RFC 5905 §8, its symmetric case): the keeper's
/// answer is taken to have been given halfway between our question and its arrival. The error is half the round trip at
/// most, so the sample with the shortest one counts.
package struct ClockOffset: Sendable, Equatable {
    package struct Sample: Sendable, Equatable {
        /// Milliseconds that the keeper is ahead.
        package var offset: Int64
        /// Milliseconds.
        package var roundTrip: Int64

        /// All in milliseconds since the epoch; `sentAt` and `receivedAt` by our clock.
        package init(sentAt: Int64, receivedAt: Int64, keeper: Int64) {
            roundTrip = max(0, receivedAt - sentAt)
            offset = keeper - (sentAt + (receivedAt - sentAt) / 2)
        }
    }

    /// Samples that are remembered: a minute's, so that a clock that was set is believed soon.
    private static let window = 12

    private var samples: [Sample] = []

    package init() {}

    /// Milliseconds; nil before the first sample.
    package var offset: Int64? { samples.min { $0.roundTrip < $1.roundTrip }?.offset }

    package mutating func add(_ sample: Sample) {
        // A clock that was set: what was measured before it says nothing of it. The offsets of two honest samples differ
        // by half of both round trips at most.
        samples.removeAll { known in
            let error = (known.roundTrip + sample.roundTrip) / 2 + 100
            return abs(known.offset - sample.offset) > error
        }
        samples.append(sample)
        if samples.count > Self.window { samples.removeFirst() }
    }
}

/// Whether the clocks are apart so far that tokens are about to be refused for it: more than half the leeway.
struct ClockAlarm: Equatable {
    enum Change: Equatable { case apart, together }

    private(set) var isApart = false

    /// - Parameters:
    ///   - offset: milliseconds.
    ///   - leeway: seconds.
    mutating func on(offset: Int64, leeway: Int64) -> Change? {
        let apart = abs(offset) > leeway * 500
        guard apart != isApart else { return nil }
        isApart = apart
        return apart ? .apart : .together
    }
}
