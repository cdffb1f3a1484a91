/// One field line, as offsets from the first readable byte that the head was parsed from.
package struct Field: Equatable, Sendable {
    let nameStart: UInt32
    let nameEnd: UInt32
    let valueStart: UInt32
    let valueEnd: UInt32
    let lineEnd: UInt32
    package let known: KnownField
    package internal(set) var marks: FieldMarks

    package var nameRange: Range<Int> { Int(nameStart)..<Int(nameEnd) }
    /// Without the whitespace around it.
    package var valueRange: Range<Int> { Int(valueStart)..<Int(valueEnd) }
    /// From the name to the line's CRLF, that included: what a copy of the line takes.
    package var lineRange: Range<Int> { Int(nameStart)..<Int(lineEnd) }
}
