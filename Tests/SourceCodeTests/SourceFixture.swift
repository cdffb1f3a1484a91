import Testing

@testable import SourceCode

/// A source as people write it, and all that is to be read in it, as `FactLines` puts it.
struct SourceFixture: Sendable, CustomTestStringConvertible {
    let name: String
    let file: String
    let text: String
    let expected: [String]

    init(_ name: String, _ file: String, _ text: String, _ expected: [String]) {
        self.name = name
        self.file = file
        self.text = text
        self.expected = expected
    }

    var testDescription: String { name }

    func check(_ reader: any SourceReader) {
        #expect(FactLines.of(reader.facts(of: text, file: file)) == expected)
    }
}
