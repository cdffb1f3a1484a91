import Evidence
import Foundation
import SourceCode

/// Token calls that one program has from another's code: a service that puts `authMiddleware` of a shared package before
/// its routes verifies tokens, though no line of its own says so.
struct SharedCode {
    private let tree: SourceTree
    private let folders: ProgramFolders
    private let modules: ModulePaths
    private var files: [String: SourceFacts]
    /// Of each file: what its names come to.
    private var provided: [String: [String: [TokenUse]]] = [:]
    /// The files that give a name.
    private var givers: [String: [String]] = [:]

    /// Each round finds who calls what the one before found: a package of a package.
    private static let rounds = 3
    /// Calls of one name that are told.
    private static let useLimit = 16
    private static let giverLimit = 32

    /// The same facts, and for each file that takes token calls from another program, these as its own.
    static func linked(_ facts: [SourceFacts], in tree: SourceTree) -> [SourceFacts] {
        guard facts.contains(where: { !$0.uses.isEmpty && !$0.links.symbols.isEmpty }) else { return facts }
        var shared = SharedCode(facts, in: tree)
        guard shared.folders.programs.count > 1 else { return facts }
        shared.follow()
        return shared.adopted(facts)
    }

    private init(_ facts: [SourceFacts], in tree: SourceTree) {
        self.tree = tree
        folders = ProgramFolders(tree.files)
        modules = ModulePaths(tree, folders: folders)
        files = [:]
        for fact in facts where !fact.links.isEmpty && !Components.isTest(fact.file) { files[fact.file] = fact }
    }

    // MARK: what names come to

    private mutating func follow() {
        var asked: Set<String> = []
        var known = Set(files.keys)
        for (file, facts) in files { seed(file, facts) }
        for _ in 0..<Self.rounds {
            spread()
            let names = Set(givers.keys).subtracting(asked).filter { $0.utf8.count > 3 && $0 != "default" }
            guard !names.isEmpty else { return }
            asked.formUnion(names)
            for facts in SourceReaders.callers(of: names, in: tree, besides: known)
            where !Components.isTest(facts.file) {
                known.insert(facts.file)
                files[facts.file] = facts
                seed(facts.file, facts)
            }
        }
        spread()
    }

    /// A use is of the name in whose text it stands.
    private mutating func seed(_ file: String, _ facts: SourceFacts) {
        for use in facts.uses {
            if let symbol = facts.links.symbols.last(where: { $0.position <= use.position }) {
                give(symbol.name, [use], in: file)
            }
        }
    }

    @discardableResult
    private mutating func give(_ name: String, _ uses: [TokenUse], in file: String) -> Bool {
        var all = provided[file]?[name] ?? []
        let before = all.count
        if before == 0 { givers[name, default: []].append(file) }
        for use in uses where all.count < Self.useLimit && !all.contains(use) { all.append(use) }
        provided[file, default: [:]][name] = all
        return all.count > before
    }

    /// What a name mentions, it does.
    private mutating func spread() {
        for _ in 0..<8 {
            var isNew = false
            for (file, facts) in files.sorted(by: { $0.key < $1.key }) {
                let imports = Dictionary(facts.links.imports.map { ($0.local, $0) }) { first, _ in first }
                for (index, symbol) in facts.links.symbols.enumerated() {
                    var uses: [TokenUse] = []
                    for name in symbol.mentions.sorted() {
                        if name != symbol.name, let own = provided[file]?[name] { uses += own }
                        if let taken = imports[name] { uses += self.uses(of: taken, from: file, mentions: []) }
                    }
                    guard !uses.isEmpty else { continue }
                    let end = index + 1 < facts.links.symbols.count ? facts.links.symbols[index + 1].position : nil
                    let reads = facts.reads.filter { read in
                        read.position >= symbol.position && end.map { read.position < $0 } ?? true
                    }
                    if give(symbol.name, uses.map { handed($0, reads) }, in: file) { isNew = true }
                }
            }
            if !isNew { return }
        }
    }

    /// A call whose key its caller hands over, with the one that the caller reads.
    private func handed(_ use: TokenUse, _ reads: [SecretRead]) -> TokenUse {
        guard use.key == nil, !use.keyName.isEmpty, !use.keyName.contains("."), let first = reads.first,
            reads.allSatisfy({ $0.expression.variables == first.expression.variables }),
            let links = files[use.position.file]?.links,
            !links.imports.contains(where: { $0.local == use.keyName }),
            !links.symbols.contains(where: { $0.name == use.keyName })
        else { return use }
        return TokenUse(
            use.action, call: use.call, key: first.expression, keyName: use.keyName, algorithms: use.algorithms,
            issuer: use.issuer, audience: use.audience, at: use.position)
    }

    /// What an imported name comes to.
    private func uses(of taken: SourceLinks.Import, from file: String, mentions: Set<String>) -> [TokenUse] {
        if let name = taken.original {
            return (givers[name] ?? []).prefix(Self.giverLimit).filter {
                modules.leads(taken.module, from: file, to: $0)
            }
            .flatMap { provided[$0]?[name] ?? [] }
        }
        // The module itself: its members that are called, or what it gives by default.
        let prefix = taken.local + "."
        let members = mentions.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) } + ["default"]
        return members.sorted().flatMap { name in
            (givers[name] ?? []).prefix(Self.giverLimit).filter { modules.leads(taken.module, from: file, to: $0) }
                .flatMap { provided[$0]?[name] ?? [] }
        }
    }

    // MARK: whose they are

    private func adopted(_ facts: [SourceFacts]) -> [SourceFacts] {
        var result = facts
        var places = Dictionary(result.indices.map { (result[$0].file, $0) }) { first, _ in first }
        for (file, links) in files.sorted(by: { $0.key < $1.key }).map({ ($0.key, $0.value.links) }) {
            let root = folders.root(of: file)
            let mentions = links.symbols.reduce(into: links.mentions) { $0.formUnion($1.mentions) }
            let uses = links.imports.flatMap { self.uses(of: $0, from: file, mentions: mentions) }
                .filter { folders.root(of: $0.position.file) != root }
            guard !uses.isEmpty, let language = files[file]?.language else { continue }
            let place =
                places[file]
                ?? {
                    result.append(SourceFacts(file: file, language: language))
                    places[file] = result.count - 1
                    return result.count - 1
                }()
            for use in uses {
                let handed = handed(use, result[place].reads)
                if !result[place].uses.contains(handed) { result[place].uses.append(handed) }
            }
        }
        return result
    }
}
