import ArgumentParser
import Foundation

/// `--format`: text for people, json for programs.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    case text, json
}

struct FormatOption: ParsableArguments {
    @Option(help: "text for people, json for programs.")
    var format = OutputFormat.text
}

enum JSONText {
    /// Keys sorted, so that two answers can be compared as text.
    static func of(_ value: some Encodable) throws(CommandFailure) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(value), as: UTF8.self)
        } catch {
            throw CommandFailure(.internal, "the answer can't be written as JSON")
        }
    }
}
