import Evidence

/// A file of variables as its readers see it, with what the files do not say kept as references. Total: a line that
/// can't be read names itself, and the others count.
struct BoundEnvironmentFile {
    /// In the order of the file; of two with one name the later counts.
    private(set) var assignments: [Assignment] = []
    /// Names without a value, which is the environment's then.
    private(set) var inherited: Set<String> = []
    private(set) var unread: [UnreadFile] = []

    /// So many bad lines of one file are named; a file that is none of variables is not told line by line.
    private static let namedFaults = 5

    /// - Parameters:
    ///   - isRaw: every character behind `=` counts (`format: raw`).
    ///   - lookup: what wins over earlier lines where a value is filled in.
    init(_ text: String, file: String, isRaw: Bool = false, lookup: (String) -> BoundValue? = { _ in nil }) {
        guard !isRaw else {
            readRaw(text, file: file)
            return
        }
        var reader = DotEnvReader(text: text, file: file)
        reader.read()
        var known: [String: BoundValue] = [:]
        for entry in reader.entries {
            let value: BoundValue
            switch entry.body {
            case .inherited:
                inherited.insert(entry.name)
                value = lookup(entry.name) ?? .reference(SecretReference(.variable, entry.name))
            case .literal(let text): value = .literal(text)
            case .template(let text):
                value = Self.bind(text) { lookup($0) ?? known[$0] }
                known[entry.name] = value
            }
            if case .literal = entry.body { known[entry.name] = value }
            let position = SourcePosition(file: file, line: entry.line, column: entry.column)
            assignments.append(Assignment(entry.name, value, at: position, origin: .file))
        }
        unread = reader.faults.prefix(Self.namedFaults).map {
            UnreadFile($0.position, "\($0.problem); \($0.mend)")
        }
        if let next = reader.faults.dropFirst(Self.namedFaults).first {
            let count = reader.faults.count - Self.namedFaults
            unread.append(UnreadFile(next.position, "this and \(count - 1) more lines are no NAME=value either"))
        }
    }

    /// `.env` is read by many tools, and most take a dollar sign that starts no variable as it stands.
    private static func bind(_ text: String, lookup: (String) -> BoundValue?) -> BoundValue {
        // A shell's own reading of the file: `KEY=$(openssl rand -hex 32)`.
        if text.contains("$(") { return .opaque("$(…)") }
        do throws(Interpolation.Fault) { return try Interpolation.bind(text, lookup: lookup) } catch {
            return .literal(text.replacing("$$", with: "$"))
        }
    }

    private mutating func readRaw(_ text: String, file: String) {
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = line.last == "\r" ? line.dropLast() : line
            guard let first = line.first, first != "#", let sign = line.firstIndex(of: "="), sign > line.startIndex
            else { continue }
            assignments.append(
                Assignment(
                    String(line[..<sign]), .literal(String(line[line.index(after: sign)...])),
                    at: SourcePosition(file: file, line: index + 1), origin: .file))
        }
    }
}
