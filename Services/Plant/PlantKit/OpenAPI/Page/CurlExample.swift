import HTTPTypes

/// A request as a line for a shell, through the gateway.
struct CurlExample {
    let text: String

    init(_ operation: Operation) {
        var lines = ["curl"]
        if operation.method != .get { lines[0] += " -X \(operation.method.rawValue)" }
        lines[0] += " \"$GATEWAY\(Self.target(operation))\""
        if operation.access != .open { lines.append("-H \"Authorization: Bearer $TOKEN\"") }
        for parameter in operation.allParameters where parameter.place == .header && parameter.isRequired {
            lines.append("-H \(Self.quoted("\(parameter.name): \(Self.word(parameter.schema.sample))"))")
        }
        if let body = operation.body {
            lines.append("-H \(Self.quoted("Content-Type: \(body.mediaTypes.first ?? "application/json")"))")
            lines.append("-d \(Self.quoted(Self.word(body.example ?? body.schema.sample)))")
        }
        text = lines.joined(separator: " \\\n  ")
    }

    private static func target(_ operation: Operation) -> String {
        let samples = Dictionary(
            operation.allParameters.filter { $0.place == .path }.map { ($0.name, $0.schema) },
            uniquingKeysWith: { first, _ in first })
        let path = operation.path.split(separator: "/").map { part in
            guard part.hasPrefix("{") else { return String(part) }
            let name = String(part.dropFirst().dropLast())
            // An identifier has no sample that would be somebody's: its name says more.
            return samples[name]?.examples.first.map(word) ?? name.uppercased()
        }
        return "/" + path.joined(separator: "/")
    }

    private static func word(_ value: OrderedJSON) -> String {
        if case .text(let text) = value { return text }
        return String(decoding: value.bytes, as: UTF8.self)
    }

    /// In single quotes, as POSIX shells read them.
    private static func quoted(_ text: String) -> String {
        "'\(text.replacing("'", with: "'\\''"))'"
    }
}

extension APIAnswerKind {
    /// What the first answer looks like; nil without a body.
    var sample: String? {
        guard let schema else { return nil }
        switch example {
        case .text(let text): return text
        case let example?: return example.indented
        case nil: return mediaType == "application/json" ? schema.sample.indented : nil
        }
    }
}
