import Evidence

/// A `.env` file, read by the rules that docker compose documents: `NAME=value`, `export` before it, comments (`#` at
/// the start or after a blank), single quotes literal, double quotes with escapes, both over several lines;
/// `$NAME` and `${NAME…}` are filled in outside single quotes from the environment and from earlier lines.
package struct DotEnv: Sendable, Equatable {
    package struct Entry: Sendable, Equatable {
        package let name: String
        /// Nil where the line names a variable only: it is taken from the environment.
        package let value: String?
        package let line: Int
        /// Later than `line` where a quoted value goes over several.
        package let endLine: Int
    }

    package let file: String
    /// In the order of the file; of two with one name the later counts.
    package let entries: [Entry]
    /// Lines that compose 1 and compose 2 read differently.
    package let warnings: [ManifestFault]

    package func value(_ name: String) -> String? { entries.last { $0.name == name }?.value }

    package var values: [String: String] {
        var values: [String: String] = [:]
        for entry in entries { values[entry.name] = entry.value }
        return values
    }

    /// - Parameter environment: wins over earlier lines, as it does in compose.
    package static func parse(
        _ text: String, file: String, environment: [String: String] = [:]
    ) throws(ManifestFaults) -> DotEnv {
        var reader = DotEnvReader(text: text, file: file)
        reader.read()
        var faults = reader.faults
        var entries: [Entry] = []
        var known: [String: String] = [:]
        for entry in reader.entries {
            let value: String?
            switch entry.body {
            case .inherited: value = environment[entry.name]
            case .literal(let text): value = text
            case .template(let text):
                do throws(Interpolation.Fault) {
                    value = try Interpolation.expand(text) { environment[$0] ?? known[$0] }.text
                } catch {
                    faults.append(fault(error, at: SourcePosition(file: file, line: entry.line)))
                    continue
                }
            }
            entries.append(.init(name: entry.name, value: value, line: entry.line, endLine: entry.endLine))
            known[entry.name] = value
        }
        guard faults.isEmpty else { throw ManifestFaults(faults) }
        return DotEnv(file: file, entries: entries, warnings: reader.warnings)
    }

    private static func fault(_ fault: Interpolation.Fault, at position: SourcePosition) -> ManifestFault {
        switch fault {
        case .malformed:
            ManifestFault(position, "a $ starts nothing that can be read", mend: "write $$ for a dollar sign")
        case .required(let name, let message):
            ManifestFault(position, "\(name) is required: \(message)", mend: "set \(name)")
        }
    }
}
