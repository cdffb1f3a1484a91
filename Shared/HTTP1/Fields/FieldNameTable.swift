/// The names that a parser tells apart. Built once, at start, and shared by all parsers.
package final class FieldNameTable: Sendable {
    private struct Entry: Sendable {
        var words: InlineArray<4, UInt64>
        var known: KnownField
        var marks: FieldMarks
    }

    private struct Family: Sendable {
        var first: UInt64
        var second: UInt64
        var firstMask: UInt64
        var secondMask: UInt64
        var marks: FieldMarks
    }

    /// Sorted by length; names of `n` bytes lie at `starts[n]..<starts[n + 1]`.
    private let entries: [Entry]
    private let starts: [Int]
    private let families: [Family]
    /// One bit for each first letter that a family has: most names are told from all families by it.
    private let familyLetters: UInt32

    /// - Parameter groups: names beside ``KnownField``'s. Written in any case; `-` between words. A name that is too long
    ///   for its place is a programmer's error and stops the process here, at start.
    package init(groups: [FieldNameGroup] = []) {
        var marked: [String: FieldMarks] = [:]
        var families: [Family] = []
        var letters: UInt32 = 0
        for group in groups {
            for name in group.names {
                precondition(!name.isEmpty && name.utf8.count <= FoldedName.maximum, "a name of 1 to 32 bytes")
                marked[name.lowercased(), default: []].formUnion(group.marks)
            }
            for family in group.families {
                let name = FoldedName(family.lowercased())
                precondition(name.length >= 1 && name.length <= 16, "a family of 1 to 16 bytes")
                families.append(
                    Family(
                        first: name.words[0], second: name.words[1], firstMask: UInt64(lowest: name.length),
                        secondMask: UInt64(lowest: max(0, name.length - 8)), marks: group.marks))
                letters |= Self.letter(name.words[0])
            }
        }
        var sorted: [[Entry]] = Array(repeating: [], count: FoldedName.maximum + 1)
        for known in KnownField.allCases where known != .other {
            let marks = marked.removeValue(forKey: known.name) ?? []
            sorted[known.name.utf8.count].append(
                Entry(words: FoldedName(known.name).words, known: known, marks: marks))
        }
        for (name, marks) in marked {
            sorted[name.utf8.count].append(Entry(words: FoldedName(name).words, known: .other, marks: marks))
        }
        var starts: [Int] = [0]
        for bucket in sorted { starts.append(starts[starts.count - 1] + bucket.count) }
        self.starts = starts
        self.entries = sorted.flatMap { $0 }
        self.families = families
        self.familyLetters = letters
    }

    /// The known field, in its exact spelling but for case, and the marks, in every spelling.
    /// - Throws: a name that only looks like a framing field.
    @inline(__always)
    func find(_ name: FoldedName) throws(HeadFault) -> (KnownField, FieldMarks) {
        if name.isLoose { return (.other, try findLoose(name.tightened)) }
        guard let entry = entry(name) else { return (.other, familyMarks(name)) }
        return (entry.known, entry.marks.union(familyMarks(name)))
    }

    private func findLoose(_ name: FoldedName) throws(HeadFault) -> FieldMarks {
        guard let entry = entry(name) else { return familyMarks(name) }
        if entry.known == .contentLength || entry.known == .transferEncoding { throw .disguisedFraming }
        return entry.marks.union(familyMarks(name))
    }

    @inline(__always)
    private func entry(_ name: FoldedName) -> Entry? {
        guard name.length <= FoldedName.maximum else { return nil }
        var index = starts[name.length]
        let end = starts[name.length &+ 1]
        while index < end {
            let words = entries[index].words
            if words[0] == name.words[0], words[1] == name.words[1], words[2] == name.words[2],
                words[3] == name.words[3]
            {
                return entries[index]
            }
            index &+= 1
        }
        return nil
    }

    @inline(__always)
    private func familyMarks(_ name: FoldedName) -> FieldMarks {
        guard familyLetters & Self.letter(name.words[0]) != 0 else { return [] }
        var marks: FieldMarks = []
        for family in families
        where name.words[0] & family.firstMask == family.first && name.words[1] & family.secondMask == family.second {
            marks.formUnion(family.marks)
        }
        return marks
    }

    @inline(__always)
    private static func letter(_ word: UInt64) -> UInt32 { 1 &<< UInt32(truncatingIfNeeded: word & 0x1F) }
}
