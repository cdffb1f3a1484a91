package import ServiceKit
package import Storage

/// Data that a module invents, so that there is something to look at and to measure: `plant seed NAME`.
///
/// What it writes keeps every rule that the module's operations keep; it is the same for the same number, day and sizes.
package struct ModuleSeed: Sendable {
    /// A size that the command line may give: `--blocks 24`.
    package struct Size: Sendable {
        /// `a`–`z` and `-`.
        package let name: String
        package let summary: String
        package let range: ClosedRange<Int64>
        package let usual: Int64

        package init(_ name: String, _ summary: String, usual: Int64, in range: ClosedRange<Int64>) {
            self.name = name
            self.summary = summary
            self.range = range
            self.usual = usual
        }
    }

    /// One word, as it is asked for.
    package let name: String
    package let summary: String
    package let sizes: [Size]
    /// Answers lines that tell what was made. Runs it again after an interruption, it adds what is missing.
    package let run: @Sendable (SeedRequest) async throws -> [String]

    package init(
        _ name: String, _ summary: String, sizes: [Size] = [],
        run: @escaping @Sendable (SeedRequest) async throws -> [String]
    ) {
        self.name = name
        self.summary = summary
        self.sizes = sizes
        self.run = run
    }
}

/// What a seed is given.
package struct SeedRequest: Sendable {
    package let database: any Database
    /// One number makes one set of data.
    package let number: UInt64
    /// What is invented happened before this day begins (UTC), which is not in the future.
    package let until: CivilDate
    /// By name; all that the seed declares, each within its range.
    package let sizes: [String: Int64]
    /// Seconds since the epoch.
    package let now: Int64
    package let makeID: @Sendable () -> String
    /// How many of how many parts are done, for whoever waits.
    package let progress: @Sendable (Int, Int) -> Void
    /// An entry of the audit log: this record was made. In the transaction that makes it.
    package let record: @Sendable (_ kind: String, _ id: String, any SQLTransaction) async throws -> Void

    package init(
        database: any Database, number: UInt64 = 1, until: CivilDate, sizes: [String: Int64], now: Int64,
        makeID: @escaping @Sendable () -> String, progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in },
        record: @escaping @Sendable (String, String, any SQLTransaction) async throws -> Void = { _, _, _ in }
    ) {
        self.database = database
        self.number = number
        self.until = until
        self.sizes = sizes
        self.now = now
        self.makeID = makeID
        self.progress = progress
        self.record = record
    }

    /// Of a size that the seed declares.
    package func size(_ name: String) throws(SeedRefusal) -> Int64 {
        guard let size = sizes[name] else { throw SeedRefusal("reads size \(name), which the seed does not declare") }
        return size
    }
}

/// Why nothing was seeded, or no more.
package struct SeedRefusal: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
