import Foundation
import Testing

@testable import Portal

@Suite struct TextsTests {
    private let texts: Texts

    init() throws { texts = try Texts(json: WebFiles.texts) }

    private static let portal = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../Services/Portal").standardized

    /// All of them, whatever their kind: `[[key]]` in templates, `texts["key"]`, `texts("key", …)` and
    /// `texts.counted("key", …)` in code.
    private static func usedKeys() throws -> (exact: Set<String>, prefixes: Set<String>) {
        var exact: Set<String> = []
        var prefixes: Set<String> = []
        let folders = ["Web", "Mail"].map { portal.appending(path: $0) }
        let files = folders.flatMap { folder in
            (FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.allObjects ?? [])
                .compactMap { $0 as? URL }
        }
        for file in files {
            guard ["swift", "mustache"].contains(file.pathExtension) else { continue }
            let source = try String(contentsOf: file, encoding: .utf8)
            for match in source.matches(of: /\[\[([a-z0-9_.]+)\]\]/) { exact.insert(String(match.1)) }
            for match in source.matches(of: /"([a-z_]+\.[a-z0-9_]+)"/) { exact.insert(String(match.1)) }
            for match in source.matches(of: /counted\(\s*"([a-z_.]+)"/) {
                exact.remove(String(match.1))
                exact.formUnion(["\(match.1)_one", "\(match.1)_many"])
            }
            for match in source.matches(of: /"([a-z_]+\.[a-z_]*)\\\(/) { prefixes.insert(String(match.1)) }
        }
        return (exact, prefixes)
    }

    @Test("every text that a page or the code names is in the catalogue")
    func namedTextsExist() throws {
        let groups = Set(texts.keys.map { $0.prefix { $0 != "." } })
        let missing = try Self.usedKeys().exact.filter { groups.contains($0.prefix { $0 != "." }) }
            .subtracting(texts.keys)
        #expect(missing.sorted() == [])
    }

    @Test("every text of the catalogue is used")
    func textsAreUsed() throws {
        let (exact, prefixes) = try Self.usedKeys()
        let unused = texts.keys.subtracting(exact).filter { key in !prefixes.contains { key.hasPrefix($0) } }
        #expect(unused.sorted() == [])
    }

    @Test("each area has its name in the menu, and but for the overview its purpose")
    func areas() {
        for area in Area.allCases {
            #expect(texts.known("menu.\(area.rawValue)") != nil)
            #expect(area == .overview || texts.known("purpose.\(area.rawValue)") != nil)
        }
    }

    @Test("a text is woven into a template escaped, and its places become the page's values")
    func weaving() throws {
        let texts = try Texts(json: Array(#"{"a": {"b": "<b> {name} & more"}}"#.utf8))
        #expect(try texts.woven(into: "<p>[[a.b]]</p>") == "<p>&lt;b&gt; {{{name}}} &amp; more</p>")
        #expect(throws: Texts.Fault(key: "a.c")) { try texts.woven(into: "[[a.c]]") }
        #expect(try texts.woven(into: "no [ [text]] here") == "no [ [text]] here")
    }

    @Test("places are filled once: what fills one is not searched for others")
    func filling() throws {
        let texts = try Texts(
            json: Array(#"{"a": {"b": "{x} and {y}", "n_one": "{count} key", "n_many": "{count} keys"}}"#.utf8))
        #expect(texts("a.b", ["x": "{y}", "y": "2"]) == "{y} and 2")
        #expect(texts("a.b", ["x": "1"]) == "1 and {y}")
        #expect(texts.counted("a.n", 1) == "1 key")
        #expect(texts.counted("a.n", 0) == "0 keys")
    }
}
