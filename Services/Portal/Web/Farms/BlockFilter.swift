/// Which blocks are looked at: in the address, so that it can be sent to somebody, and works without script.
struct BlockFilter: Sendable, Equatable {
    static let types = [
        "hydroponic", "openfield", "greenhouse", "nethouse", "aeroponic", "hybrid", "special", "containerfarm",
    ]

    /// One of `BlockState`.
    var state: String?
    /// One of `types`.
    var type: String?
    /// Words that begin words of code or name.
    var text: String?
    /// From 1.
    var page = 1

    var isActive: Bool { state != nil || type != nil || text != nil }

    init() {}

    /// What is no filter is none: an old link shows more, and no error.
    init(_ query: FieldSet) {
        state = BlockState(rawValue: query["state"])?.rawValue
        type = query.given("type").flatMap { Self.types.contains($0) ? $0 : nil }
        let words = BoundedText.line(query["q"], maximumBytes: 100).trimmingSpaces
        text = words.isEmpty ? nil : words
        page = min(max(Int(query["page"]) ?? 1, 1), 2000)
    }

    /// Of the same page with another filter.
    func query(page: Int? = nil) -> String {
        let pairs: [(String, String?)] = [
            ("state", state), ("type", type), ("q", text), ("page", page.map(String.init)),
        ]
        let set = pairs.compactMap { name, value in value.map { "\(name)=\(WebAnswers.queryEscaped($0))" } }
        return set.isEmpty ? "" : "?" + set.joined(separator: "&")
    }
}

extension String {
    /// Without blanks around it.
    var trimmingSpaces: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
