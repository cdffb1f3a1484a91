/// What is asked of the plant: a path, and a query whose values may be anything.
struct PlantPath: Sendable, Equatable {
    /// With the query, escaped.
    let text: String

    /// - Parameters:
    ///   - path: made of literals and `RecordID`s.
    ///   - query: names are literals; entries without a value are left out.
    init(_ path: String, query: [(name: String, value: String?)] = []) {
        let pairs = query.compactMap { name, value in
            value.map { "\(name)=\(WebAnswers.queryEscaped($0))" }
        }
        text = pairs.isEmpty ? path : path + "?" + pairs.joined(separator: "&")
    }
}
