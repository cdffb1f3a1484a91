package import ServiceKit

/// What follows `plant seed` on the command line.
package enum SeedWords: Sendable, Equatable {
    /// No name: what there is.
    case list
    case help(seed: String)
    case run(Run)

    package struct Run: Sendable, Equatable {
        package let seed: String
        /// Those that were given; within their ranges.
        package var sizes: [String: Int64] = [:]
        package var number: UInt64 = 1
        /// Nil: today.
        package var until: CivilDate?
        package var isForced = false
    }

    /// Numbers that a seed may have: small, so that it can be part of a name.
    package static let numbers: ClosedRange<Int64> = 1...99

    package init(_ words: [String], among seeds: [ModuleSeed]) throws(SeedRefusal) {
        guard let name = words.first, !["--help", "-h"].contains(name) else {
            self = .list
            return
        }
        guard let seed = seeds.first(where: { $0.name == name }) else {
            let known = seeds.map(\.name).joined(separator: ", ")
            throw SeedRefusal("there is no seed \(name)\(known.isEmpty ? "" : "; there is \(known)")")
        }
        var run = Run(seed: name)
        var rest = words.dropFirst()
        while let word = rest.popFirst() {
            if word == "--help" || word == "-h" {
                self = .help(seed: name)
                return
            }
            if word == "--force" {
                run.isForced = true
                continue
            }
            guard word.hasPrefix("--") else { throw SeedRefusal("\(word) is not understood; try seed \(name) --help") }
            // Both spellings that command lines have: --blocks 24 and --blocks=24.
            let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let value = parts.count == 2 ? String(parts[1]) : rest.popFirst() else {
                throw SeedRefusal("\(word) needs a value")
            }
            try run.set(String(parts[0]), value, seed)
        }
        self = .run(run)
    }
}

extension SeedWords.Run {
    fileprivate mutating func set(_ option: String, _ value: String, _ seed: ModuleSeed) throws(SeedRefusal) {
        if option == "until" {
            guard let day = CivilDate(value) else { throw SeedRefusal("--until \(value) is no day such as 2026-11-22") }
            until = day
        } else if option == "seed" {
            number = UInt64(try Self.number(option, value, in: SeedWords.numbers))
        } else if let size = seed.sizes.first(where: { $0.name == option }) {
            sizes[option] = try Self.number(option, value, in: size.range)
        } else {
            throw SeedRefusal("there is no option --\(option); try seed \(seed.name) --help")
        }
    }

    private static func number(
        _ option: String, _ value: String, in range: ClosedRange<Int64>
    ) throws(SeedRefusal) -> Int64 {
        guard let number = Int64(value), range.contains(number) else {
            throw SeedRefusal(
                "--\(option) \(value) is no whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}

extension ModuleSeed {
    /// All that were given, and the usual ones for the others.
    package func complete(_ given: [String: Int64]) -> [String: Int64] {
        var all: [String: Int64] = [:]
        for size in sizes { all[size.name] = given[size.name] ?? size.usual }
        return all
    }

    /// Lines for a terminal.
    package var help: [String] {
        let rows =
            sizes.map {
                ("--\($0.name) N", "\($0.summary) (\($0.usual); \($0.range.lowerBound) to \($0.range.upperBound))")
            }
            + [
                ("--until DAY", "what is invented happened before this day, such as 2026-11-22 (today, UTC)"),
                ("--seed N", "another number makes other data; 1 to 99 (1)"),
                ("--force", "also where ENVIRONMENT is staging or production, or not set"),
            ]
        return ["seed \(name): \(summary)", ""]
            + rows.map { "  \($0.0)\(String(repeating: " ", count: max(1, 16 - $0.0.count)))\($0.1)" }
            + [
                "",
                "Written to the database that DATABASE_URL names, which is brought up to date first. Run again, it adds",
                "what is not there yet. Data that nobody entered does not belong among data that somebody did: outside of",
                "development and test it takes --force.",
            ]
    }
}
