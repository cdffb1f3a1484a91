/// How time and chance reach the loading of secrets; tests hand in their own.
package struct SecretTiming: Sendable {
    /// Between two looks at watched files.
    package var files: Duration
    /// Between the two reads of a file that must find the same, at start and when a reload is asked for.
    package var settle: Duration
    /// Since any fixed instant, never going back.
    package var elapsed: @Sendable () -> Duration
    package var pause: @Sendable (Duration) async throws -> Void
    /// 0 up to 1, evenly: so that a fleet does not ask its store in step.
    package var chance: @Sendable () -> Double

    package init(
        files: Duration = .seconds(2), settle: Duration = .milliseconds(20),
        elapsed: @escaping @Sendable () -> Duration, pause: @escaping @Sendable (Duration) async throws -> Void,
        chance: @escaping @Sendable () -> Double
    ) {
        self.files = files
        self.settle = settle
        self.elapsed = elapsed
        self.pause = pause
        self.chance = chance
    }

    package static var system: SecretTiming {
        let start = ContinuousClock.now
        return SecretTiming(
            elapsed: { ContinuousClock.now - start }, pause: { try await Task.sleep(for: $0) },
            chance: { Double.random(in: 0..<1) })
    }
}

/// How often stores are asked, and how long a start waits for one.
///
/// | variable | type | default |
/// |---|---|---|
/// | `JWT_SECRET_REFRESH_SECONDS` | 1 to 3600: between two looks into a store, a tenth more or less by chance | 30 |
/// | `JWT_SECRET_STORE_WAIT_SECONDS` | 0 to 600: how long a start tries a store that is down, where nothing else serves | 30 |
package struct StoreTiming: Sendable, Hashable {
    package var refresh: Int
    package var wait: Int

    package init(refresh: Int = 30, wait: Int = 30) {
        self.refresh = refresh
        self.wait = wait
    }

    /// - Throws: `timing_malformed`.
    package init(variables: [String: String]) throws(SecretError) {
        refresh = try Self.seconds(variables, "JWT_SECRET_REFRESH_SECONDS", 1...3600)
        wait = try Self.seconds(variables, "JWT_SECRET_STORE_WAIT_SECONDS", 0...600)
    }

    private static func seconds(
        _ variables: [String: String], _ name: String, _ range: ClosedRange<Int>
    ) throws(SecretError) -> Int {
        guard let text = variables[name], !text.isEmpty else { return 30 }
        guard let seconds = Int(text), range.contains(seconds) else {
            throw SecretError(
                code: "timing_malformed",
                message: "\(name) is no whole number of seconds from \(range.lowerBound) to \(range.upperBound).")
        }
        return seconds
    }

    /// - Parameter chance: 0 up to 1.
    package func untilNextLook(chance: Double) -> Duration { .seconds(refresh) * (0.9 + 0.2 * chance) }
}

/// The pauses between a start's tries at a store that is down: doubling from a quarter of a second to four, each between
/// half and the whole by chance.
struct StoreBackoff {
    private var next = Duration.milliseconds(250)

    mutating func pause(chance: Double) -> Duration {
        defer { next = min(next * 2, .seconds(4)) }
        return next * (0.5 + 0.5 * chance)
    }
}
