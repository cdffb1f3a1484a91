/// Text from a token, made fit for a log line, a screen or an error: bounded, one line, no control characters.
enum DisplayText {
    /// - Parameter limit: characters; what is beyond it shows as an ellipsis.
    static func of(_ text: String, limit: Int = 80) -> String {
        var shown = ""
        var count = 0
        for scalar in text.unicodeScalars {
            if count == limit { return shown + "…" }
            shown.unicodeScalars.append(isPlain(scalar) ? scalar : "\u{FFFD}")
            count += 1
        }
        return shown
    }

    /// Whether a character may stand in a header value or on a screen: no C0 or C1 controls, no DEL, no line or
    /// paragraph separators, nothing that turns the direction of the text around it.
    static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069, 0x200E, 0x200F, 0xFEFF: false
        default: true
        }
    }
}
