/// Field lines that a route sets or removes, towards the upstream or towards the client.
///
/// What is set takes the place of every line of that name, in each spelling; what is removed goes in each spelling.
package struct HeaderRules: Sendable, Equatable {
    /// In the order of the file.
    package let set: [HeaderField]
    package let remove: [String]
    /// The names of both, folded.
    private let dropped: [[UInt8]]

    /// - Parameters: names that `ClosedHeaderName` leaves open, values that `isValue` takes.
    package init(set: [HeaderField] = [], remove: [String] = []) {
        self.set = set
        self.remove = remove
        dropped = (set.map(\.name) + remove).map(LooseName.bytes)
    }

    /// Whether a line that came is left out; without an allocation.
    package func drops(_ name: some Collection<UInt8>) -> Bool {
        dropped.contains { LooseName.equals(name, $0) }
    }

    /// The lines that remain, then those that are set.
    package func applied(to fields: [HeaderField]) -> [HeaderField] {
        fields.filter { !drops($0.name.utf8) } + set
    }

    /// Visible ASCII, with single-line blanks between (RFC 9110 §5.5 without obs-text): nothing that could end the line
    /// or be read in two ways.
    package static func isValue(_ text: String) -> Bool {
        guard text.utf8.count <= 4096, text.utf8.first != 0x20, text.utf8.first != 0x09, text.utf8.last != 0x20,
            text.utf8.last != 0x09
        else { return false }
        return text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F || $0 == 0x09 }
    }
}
