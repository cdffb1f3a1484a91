extension APISchema {
    /// A query parameter's text as a value of this schema; nil for what is none. Texts are looked at more closely by
    /// whoever reads the value.
    func value(ofParameter text: String) -> JSONValue? {
        switch kind {
        case .boolean:
            switch text {
            case "true": .bool(true)
            case "false": .bool(false)
            default: nil
            }
        case .integer(let bounds):
            Int64(text).flatMap { number in
                (bounds.lower ?? .min) <= number && number <= (bounds.upper ?? .max) ? .integer(number) : nil
            }
        case .choice(let words): words.contains(text) ? .text(text) : nil
        default: .text(text)
        }
    }

    /// For messages: `is not …`.
    var phrase: String {
        switch kind {
        case .boolean: "true or false"
        case .integer(let bounds):
            if let lower = bounds.lower, let upper = bounds.upper {
                "a whole number from \(lower) to \(upper)"
            } else {
                "a whole number"
            }
        case .choice(let words): "one of \(words.joined(separator: ", "))"
        default: "a text"
        }
    }
}
