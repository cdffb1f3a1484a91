/// Parameters in addresses and bodies of forms (application/x-www-form-urlencoded; WHATWG URL §5).
enum FormText {
    static func encode(_ fields: [(String, String)]) -> String {
        fields.map { "\(WebAnswers.queryEscaped($0.0))=\(WebAnswers.queryEscaped($0.1))" }.joined(separator: "&")
    }

    /// An address with parameters behind those that it has.
    static func url(_ base: String, _ fields: [(String, String)]) -> String {
        base + (base.contains("?") ? "&" : "?") + encode(fields)
    }
}
