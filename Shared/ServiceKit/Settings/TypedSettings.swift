import Configuration

// Settings with a shape. Values are echoed in faults only where they are short: a secret pasted into the wrong
// variable must not reach a log through its fault.

extension SettingsReader {
    /// A whole number within `range`.
    package func int(_ name: String, default value: Int, in range: ClosedRange<Int>) -> Int {
        guard let text = string(name) else { return value }
        guard let number = config.int(forKey: key(name)) else {
            fault(
                name, "is \(echo(text)), not a whole number.",
                mend: "Set a number from \(range.lowerBound) to \(range.upperBound), for instance \(value).")
            return value
        }
        guard range.contains(number) else {
            fault(
                name, "is \(number), outside \(range.lowerBound) to \(range.upperBound).",
                mend: "Set a number in that range, for instance \(value).")
            return value
        }
        return number
    }

    /// `true`, `false`, `yes`, `no`, `1` or `0`, in any case.
    package func bool(_ name: String, default value: Bool) -> Bool {
        guard let text = string(name) else { return value }
        guard let flag = config.bool(forKey: key(name)) else {
            fault(name, "is \(echo(text)), neither true nor false.", mend: "Set true or false.")
            return value
        }
        return flag
    }

    /// One of the cases, in any case of letters.
    package func choice<T: RawRepresentable & CaseIterable>(_ name: String, default value: T) -> T
    where T.RawValue == String {
        guard let text = string(name) else { return value }
        let lowercased = text.lowercased()
        if let found = T.allCases.first(where: { $0.rawValue.lowercased() == lowercased }) { return found }
        let choices = T.allCases.map(\.rawValue).joined(separator: ", ")
        fault(name, "is \(echo(text)), which is none of \(choices).", mend: "Set one of these.")
        return value
    }

    /// The elements without surrounding spaces; empty ones are left out.
    package func list(_ name: String, separator: Character = ",") -> [String] {
        guard let text = string(name) else { return [] }
        return text.split(separator: separator).map { trimmed($0) }.filter { !$0.isEmpty }
    }

    /// An absolute http(s) URL without trailing slash, user info, query or fragment.
    package func url(_ name: String) -> String? {
        guard let text = string(name) else { return nil }
        return url(text, for: name)
    }

    /// A list of URLs as `url(_:)` reads one.
    package func urls(_ name: String) -> [String] {
        list(name).compactMap { url($0, for: name) }
    }

    private func url(_ text: String, for name: String) -> String? {
        switch ServiceURL.normalize(text) {
        case .success(let url): return url
        case .failure(let reason):
            fault(name, reason.problem, mend: "Set an address such as http://127.0.0.1:8000.")
            return nil
        }
    }

    private func trimmed(_ text: Substring) -> String {
        var text = text
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }

    /// The value in quotes if it is too short to be a secret worth stealing and plain ASCII, else its length.
    private func echo(_ value: String) -> String {
        let isPlain = value.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 }
        return value.utf8.count <= 16 && isPlain ? "\"\(value)\"" : "a text of \(value.utf8.count) bytes"
    }
}
