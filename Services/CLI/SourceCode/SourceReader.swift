package import Evidence

/// Reads the sources of one language, or of several that share their grammar.
package protocol SourceReader: Sendable {
    /// File endings without the dot.
    var endings: Set<String> { get }

    /// Total: a file that does not parse gives what could be read of it.
    func facts(of text: String, file: String) -> SourceFacts
}

/// Every reader, by the endings of files.
package enum SourceReaders {
    package static let all: [any SourceReader] = []
}

extension SourceReaders {
    package static func read(
        _ tree: SourceTree, readers: [any SourceReader] = all, progress: @Sendable (Int, Int) -> Void
    ) -> (facts: [SourceFacts], unread: [UnreadFile]) {
        ([], [])
    }
}
