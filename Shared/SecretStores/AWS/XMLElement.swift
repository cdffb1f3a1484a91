/// Finds one element's text in an answer of AWS's query services (STS), whose elements we read have neither attributes
/// nor entities in them: identifiers, base64 and times.
enum XMLElement {
    /// The text of the first `<name>…</name>`; nil where there is none, or where its text holds markup.
    static func text(_ name: String, in body: [UInt8]) -> String? {
        guard let text = String(validating: body, as: UTF8.self),
            let start = text.firstRange(of: "<\(name)>"),
            let end = text[start.upperBound...].firstRange(of: "</\(name)>")
        else { return nil }
        let content = text[start.upperBound..<end.lowerBound]
        return content.contains { $0 == "<" || $0 == "&" } ? nil : String(content)
    }
}
