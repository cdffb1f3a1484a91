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
        ProgramSettingsReader(),
    ]

    /// What the sources of a tree say, in the order of its files; files without a word of keys or tokens are passed over.
    ///
    /// - Parameter progress: told how many of how many files are done, from several threads.
    package static func read(
        _ tree: SourceTree, progress: (@Sendable (_ done: Int, _ of: Int) -> Void)? = nil
    ) -> (facts: [SourceFacts], unread: [UnreadFile]) {
        let named = all.filter { $0.endings.isEmpty }
        let work = tree.files.compactMap { path -> Work? in
            if let work = Self.work(path, of: all) { return work }
            return named.first { $0.reads(path: path) }.map { (path, $0) }
        }
        let (facts, unread) = read(work, of: tree, progress: progress, isOfInterest: MarkerWords.occur)
        return (SettingsLinks.linked(facts), unread)
    }

    /// What files say that were passed over, since they have no word of keys, and that name one of `names`: who calls
    /// what others wrote for it.
    ///
    /// - Parameter known: files that need not be read again.
    package static func callers(
        of names: Set<String>, in tree: SourceTree, besides known: Set<String>
    ) -> [SourceFacts] {
        let scan = NameScan(names)
        let linking: [any SourceReader] = [PythonReader(), JavaScriptReader()]
        let work = tree.files.filter { !known.contains($0) }.compactMap { Self.work($0, of: linking) }
        return read(work, of: tree, progress: nil) { scan.finds(in: $0) }.facts
    }

    private typealias Work = (path: String, reader: any SourceReader)

    private static func work(_ path: String, of readers: [any SourceReader]) -> Work? {
        let name = SourceTree.name(of: path)
        let ending = ending(of: name)
        guard let reader = readers.first(where: { $0.endings.contains(ending) }), !isMadeByTools(name) else {
            return nil
        }
        return (path, reader)
    }

    private static func read(
        _ work: [Work], of tree: SourceTree, progress: (@Sendable (_ done: Int, _ of: Int) -> Void)?,
        isOfInterest: @escaping @Sendable (String) -> Bool
    ) -> (facts: [SourceFacts], unread: [UnreadFile]) {
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
                    if isOfInterest(text) {
                        let facts = work[index].reader.facts(of: text, file: work[index].path)
                        if !facts.isEmpty || !facts.links.isEmpty { found.append((index, facts, nil)) }
                    }
                } catch {
                    found.append((index, nil, error))
                }
                if index % 256 == 255 || index == work.count - 1 { progress?(index + 1, work.count) }
            }
            results.withLock { $0 += found }
        }
        let sorted = results.withLock { $0.sorted { $0.index < $1.index } }
        return (sorted.compactMap(\.facts), sorted.compactMap(\.unread))
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
