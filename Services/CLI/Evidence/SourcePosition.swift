/// A place in a file that somebody wrote; what every fault and finding points at.
package struct SourcePosition: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// As messages name it: relative to the folder that is looked at, or as the user wrote it.
    package let file: String
    /// From 1.
    package let line: Int
    /// From 1, in Unicode scalars; 1 where only the line is known.
    package let column: Int

    package init(file: String, line: Int, column: Int = 1) {
        self.file = file
        self.line = line
        self.column = column
    }

    package var description: String { "\(file):\(line)" }

    package static func < (a: SourcePosition, b: SourcePosition) -> Bool {
        (a.file, a.line, a.column) < (b.file, b.line, b.column)
    }
}
