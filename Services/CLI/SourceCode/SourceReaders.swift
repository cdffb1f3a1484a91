package import Evidence
import Foundation
import Synchronization

/// Every reader, by the endings of files.
package enum SourceReaders {
    package static let all: [any SourceReader] = [
        PythonReader(),
        JavaScriptReader(),
        JSONSettingsReader(),
        YAMLManifestReader(),
        GoReader(),
        JavaReader(),
        JavaSettingsReader(),
        SwiftReader(),
        RubyReader(),
        PHPReader(),
        SymfonySettings(),
        CSharpReader(),
        AppSettingsReader(),
        RustReader(),
    ]

    /// What the sources of a tree say, in the order of its files; files without a word of keys or tokens are passed over.
    ///
    /// - Parameter progress: told how many of how many files are done, from several threads.
    package static func read(
        _ tree: SourceTree, progress: (@Sendable (_ done: Int, _ of: Int) -> Void)? = nil
    ) -> (facts: [SourceFacts], unread: [UnreadFile]) {
        let byEnding = Dictionary(
            all.flatMap { reader in reader.endings.map { ($0, reader) } }, uniquingKeysWith: { first, _ in first })
        let named = all.filter { $0.endings.isEmpty }
        let work = tree.files.compactMap { path -> (path: String, reader: any SourceReader)? in
            let name = SourceTree.name(of: path)
            if let reader = byEnding[Self.ending(of: name)] { return isMadeByTools(name) ? nil : (path, reader) }
            return named.first { $0.reads(fileNamed: name) }.map { (path, $0) }
        }
        let results = Mutex<[(index: Int, facts: SourceFacts?, unread: UnreadFile?)]>([])
        let next = Atomic<Int>(0)
        let threads = max(1, min(ProcessInfo.processInfo.activeProcessorCount, 8, work.count))
        Threads.run(threads) {
            var found: [(index: Int, facts: SourceFacts?, unread: UnreadFile?)] = []
            while true {
                let index = next.add(1, ordering: .relaxed).oldValue
                guard index < work.count else { break }
                do throws(UnreadFile) {
                    let text = try tree.text(work[index].path)
                    if MarkerWords.occur(in: text) {
                        let facts = work[index].reader.facts(of: text, file: work[index].path)
                        if !facts.isEmpty { found.append((index, facts, nil)) }
                    }
                } catch {
                    found.append((index, nil, error))
                }
                if index % 256 == 255 || index == work.count - 1 { progress?(index + 1, work.count) }
            }
            results.withLock { $0 += found }
        }
        let sorted = results.withLock { $0.sorted { $0.index < $1.index } }
        return (SettingsLinks.linked(sorted.compactMap(\.facts)), sorted.compactMap(\.unread))
    }

    private static func ending(of name: String) -> String {
        name.lastIndex(of: ".").map { name[name.index(after: $0)...].lowercased() } ?? ""
    }

    /// Bundles, which hold the texts of whole libraries, and declarations without code.
    private static func isMadeByTools(_ name: String) -> Bool {
        [".min.js", ".bundle.js", ".d.ts", ".min.mjs", ".chunk.js"].contains { name.hasSuffix($0) }
    }
}

/// Threads with room for recursion: those of a concurrent queue have half a mebibyte, and an expression may be nested.
private enum Threads {
    static func run(_ count: Int, _ body: @escaping @Sendable () -> Void) {
        let group = DispatchGroup()
        for _ in 0..<count {
            group.enter()
            let thread = Thread {
                body()
                group.leave()
            }
            thread.stackSize = 16 << 20
            thread.start()
        }
        group.wait()
    }
}
