/// A text by its lines as editors count them, so that one line is changed and all else stays as it is, byte for byte.
package struct TextLines {
    /// Each without its end; `isCarriageReturned` says which ended in CR LF. To Swift that pair is one character, and no
    /// newline.
    private var lines: [(text: String, isCarriageReturned: Bool)]

    package init(_ text: String) {
        lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            let isCarriageReturned = line.last == UInt8(ascii: "\r")
            return (String(Substring(isCarriageReturned ? line.dropLast() : line)), isCarriageReturned)
        }
    }

    package var text: String { lines.map { $0.isCarriageReturned ? $0.text + "\r" : $0.text }.joined(separator: "\n") }

    /// - Parameter number: from 1; nil where the text has no such line.
    package subscript(number: Int) -> String? {
        lines.indices.contains(number - 1) ? lines[number - 1].text : nil
    }

    /// - Returns: false, and nothing is changed, where the line is no longer what the edit was made for.
    package mutating func apply(_ edit: Fix.Edit) -> Bool {
        guard self[edit.line] == edit.old else { return false }
        let place = edit.line - 1
        let isCarriageReturned = lines[place].isCarriageReturned
        lines.replaceSubrange(
            place..<(edit.isInsertion ? place : edit.line), with: edit.new.map { ($0, isCarriageReturned) })
        return true
    }
}
