/// HTML that is made of texts which are escaped, and of nothing else: there is no way from a text to markup but `raw`,
/// which takes literals of ours alone.
struct HTML: Sendable, Equatable {
    private(set) var markup: String

    static func raw(_ markup: StaticString) -> HTML { HTML(markup: "\(markup)") }

    static func text(_ text: some StringProtocol) -> HTML { HTML(markup: escaped(text)) }

    /// Text in which `code` stands between backticks, as in CommonMark.
    static func prose(_ text: String) -> [HTML] {
        text.split(separator: "`", omittingEmptySubsequences: false).enumerated().map { index, part in
            HTML(markup: index.isMultiple(of: 2) ? escaped(part) : "<code>\(escaped(part))</code>")
        }
    }

    /// - Parameter attributes: their values are escaped too.
    static func element(
        _ name: StaticString, with attributes: KeyValuePairs<StaticString, String> = [:], _ content: [HTML]
    ) -> HTML {
        let given = attributes.map { " \($0.key)=\"\(escaped($0.value))\"" }.joined()
        return HTML(markup: "<\(name)\(given)>\(content.map(\.markup).joined())</\(name)>\n")
    }

    static func element(
        _ name: StaticString, with attributes: KeyValuePairs<StaticString, String> = [:], _ text: String
    ) -> HTML {
        element(name, with: attributes, [.text(text)])
    }

    /// For text and for quoted attribute values. By scalar: a quote with a combining accent behind it is one character,
    /// and closes an attribute all the same.
    private static func escaped(_ text: some StringProtocol) -> String {
        var markup = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": markup += "&amp;"
            case "<": markup += "&lt;"
            case ">": markup += "&gt;"
            case "\"": markup += "&quot;"
            case "'": markup += "&#39;"
            // RFC 3629 allows it, HTML does not.
            case "\0": continue
            default: markup.unicodeScalars.append(scalar)
            }
        }
        return markup
    }
}
