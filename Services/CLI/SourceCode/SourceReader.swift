package import Evidence

/// Reads the sources of one language, or of several that share their grammar.
package protocol SourceReader: Sendable {
    /// File endings without the dot.
    var endings: Set<String> { get }

    /// Total: a file that does not parse gives what could be read of it.
    func facts(of text: String, file: String) -> SourceFacts

    /// Whether it reads a file of that name beside those with its endings.
    func reads(fileNamed name: String) -> Bool

    /// The same by the whole path, for a file whose folder tells what it is.
    func reads(path: String) -> Bool
}

extension SourceReader {
    package func reads(fileNamed name: String) -> Bool { false }
    package func reads(path: String) -> Bool { reads(fileNamed: SourceTree.name(of: path)) }
}
