import Mustache

/// Text on a page, escaped. Page models hold nothing else (`PageValues` refuses it), and templates write it with three
/// braces, since it is escaped already.
///
/// Mustache's own escaping goes by character. `"` with a combining accent behind it is one character, so it would pass
/// unescaped and close an attribute in the browser, which goes by code point. So does this.
struct PageText: Sendable, Equatable, ExpressibleByStringLiteral, MustacheCustomRenderable, MustacheParent {
    let renderText: String

    init(_ text: String) {
        guard text.utf8.contains(where: Self.isEscaped) else {
            renderText = text
            return
        }
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "&": escaped += "&amp;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            // RFC 3629 allows it, HTML does not.
            case "\0": continue
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        renderText = escaped
    }

    /// Whether a byte of UTF-8 stands for a character that `init` escapes; in others such bytes do not occur.
    private static func isEscaped(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"), UInt8(ascii: "\""), UInt8(ascii: "'"), 0: true
        default: false
        }
    }

    /// A time, which the viewer's browser shows in its own zone.
    /// - Parameter moment: seconds since the epoch.
    init(moment seconds: Int64) {
        let moment = PageMoment(seconds)
        self.init(markup: "<time datetime=\"\(moment.machine.renderText)\">\(moment.shown.renderText)</time>")
    }

    /// With the places of a text filled; escaping has left them alone.
    func filled(_ values: [String: PageText]) -> PageText {
        PageText(markup: Texts.filled(renderText, values.mapValues(\.renderText)))
    }

    private init(markup: String) { renderText = markup }

    init(stringLiteral value: StaticString) { self.init(value.description) }

    /// An empty one hides its section.
    var isNull: Bool { renderText.isEmpty }

    /// Nothing within it is asked for; without this, reflection would look.
    func child(named _: String) -> Any? { nil }
}
