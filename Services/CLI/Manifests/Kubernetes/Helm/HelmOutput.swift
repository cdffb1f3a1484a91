/// A rendered text that knows for each of its lines the template's.
struct HelmOutput {
    private(set) var text = ""
    /// From the first line on.
    private(set) var lines: [Int] = []
    private var lineHasText = false

    /// - Parameter follows: whether the lines of `part` are the template's own, one after the other.
    mutating func append(_ part: String, line: Int, follows: Bool) {
        guard !part.isEmpty else { return }
        var line = line
        if lines.isEmpty { lines.append(line) }
        // A line belongs to the first thing on it that is more than blanks.
        for character in part {
            if character.isNewline {
                if follows { line += 1 }
                lines.append(line)
                lineHasText = false
            } else if !lineHasText {
                lines[lines.count - 1] = line
                lineHasText = !character.isWhitespace
            }
        }
        text += part
    }

    /// Whether nothing but blanks stands on the line that is being written: what follows is structure.
    var isAtLineStart: Bool { !lineHasText }
}
