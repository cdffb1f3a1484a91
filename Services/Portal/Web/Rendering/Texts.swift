import Foundation

/// All texts of the pages: one catalogue (`Files/Texts/en.json`), groups of named texts. `{name}` in a text is a place that
/// is filled in.
///
/// Templates write `[[group.name]]`, which is woven in once, when they are compiled; a place in such a text becomes the
/// page's value of that name. Code asks with a subscript or a call.
struct Texts: Sendable {
    struct Fault: Error, Equatable { let key: String }

    private let all: [String: String]

    /// Throws `DecodingError` where the catalogue is none.
    init(json: [UInt8]) throws {
        let groups = try JSONDecoder().decode([String: [String: String]].self, from: Data(json))
        var all: [String: String] = [:]
        for (group, texts) in groups {
            for (name, text) in texts { all["\(group).\(name)"] = text }
        }
        self.all = all
    }

    var keys: Set<String> { Set(all.keys) }

    /// A key that nobody wrote a text for is shown itself: a page with an odd word is better than none. (A test reads all
    /// sources for such keys.)
    subscript(key: String) -> String { all[key] ?? key }

    /// Nil for a key that comes from outside and names no text.
    func known(_ key: String) -> String? { all[key] }

    /// Fills the places of a text.
    func callAsFunction(_ key: String, _ values: [String: String]) -> String { Self.filled(self[key], values) }

    /// Fills the places of a text that goes onto a page, where what fills them may be markup, as a time is.
    func page(_ key: String, _ values: [String: PageText] = [:]) -> PageText {
        PageText(self[key]).filled(values)
    }

    /// For one and for many: `key.one` and `key.many`, whose place `{count}` is filled.
    func counted(_ key: String, _ count: Int, _ values: [String: String] = [:]) -> String {
        self("\(key)_\(count == 1 ? "one" : "many")", values.merging(["count": String(count)]) { $1 })
    }

    /// What fills a place is not searched for others.
    static func filled(_ whole: String, _ values: [String: String]) -> String {
        var text = whole[...]
        var filled = ""
        while let open = text.firstIndex(of: "{"), let close = text[open...].firstIndex(of: "}") {
            filled += text[..<open]
            let name = String(text[text.index(after: open)..<close])
            filled += values[name] ?? "{\(name)}"
            text = text[text.index(after: close)...]
        }
        return filled + text
    }

    /// A template with its texts in it, escaped as `PageText`.
    func woven(into template: String) throws(Fault) -> String {
        var rest = template[...]
        var woven = ""
        while let open = rest.firstRange(of: "[["), let close = rest[open.upperBound...].firstRange(of: "]]") {
            let key = String(rest[open.upperBound..<close.lowerBound])
            guard let text = all[key] else { throw Fault(key: key) }
            woven += rest[..<open.lowerBound]
            woven += Self.places(in: PageText(text).renderText)
            rest = rest[close.upperBound...]
        }
        return woven + rest
    }

    /// `{name}` → `{{{name}}}`
    private static func places(in text: String) -> String {
        text.replacing("{", with: "{{{").replacing("}", with: "}}}")
    }
}
