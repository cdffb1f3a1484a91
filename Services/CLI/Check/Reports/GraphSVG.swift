/// The same picture, drawn: keys on the left, services on the right, a box for each stack, drift in red.
package enum GraphSVG {
    private static let row = 46
    private static let keyX = 30
    private static let serviceX = 470
    private static let boxWidth = 320
    private static let boxHeight = 34
    private static let width = 820

    package static func of(_ result: CheckResult) -> String {
        var body: [String] = []
        var top = 20
        for group in GraphModel(result).groups {
            let rows = max(group.keys.count, group.services.count)
            let height = rows * row + 44
            body.append(
                "<rect x=\"10\" y=\"\(top)\" width=\"\(width - 20)\" height=\"\(height)\" rx=\"8\" class=\"stack\"/>")
            body.append("<text x=\"24\" y=\"\(top + 22)\" class=\"title\">\(escaped(group.title, 90))</text>")
            var places: [String: Int] = [:]
            for (column, nodes) in [(keyX, group.keys), (serviceX, group.services)] {
                for (index, node) in nodes.enumerated() {
                    let y = top + 34 + index * row
                    places[node.id] = y + boxHeight / 2
                    body += box(node, x: column, y: y, isKey: column == keyX)
                }
            }
            for edge in group.edges {
                guard let from = places[edge.from], let to = places[edge.to] else { continue }
                let (start, end) = (keyX + boxWidth, serviceX)
                let middle = (start + end) / 2
                body.append(
                    "<path d=\"M\(start) \(from) C\(middle) \(from) \(middle) \(to) \(end) \(to)\" class=\"edge\(edge.isDrifting ? " drift" : "")\"/>"
                )
            }
            top += height + 16
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(top)" role="img" aria-label="Which service holds which key">
            <style>text{font:13px system-ui,sans-serif;fill:#1f2937}.title{font-weight:600}.small{font-size:11px;fill:#6b7280}\
            .stack{fill:#f9fafb;stroke:#d1d5db}.node{fill:#fff;stroke:#6b7280}.key{fill:#ecfdf5;stroke:#047857}\
            .edge{fill:none;stroke:#9ca3af;stroke-width:1.5}.node.drift,.key.drift{fill:#fde8e8;stroke:#c81e1e}\
            .edge.drift{stroke:#c81e1e;stroke-width:2}</style>
            \(body.joined(separator: "\n"))
            </svg>

            """
    }

    private static func box(_ node: GraphModel.Node, x: Int, y: Int, isKey: Bool) -> [String] {
        let drift = node.isDrifting ? " drift" : ""
        let rounding = isKey ? boxHeight / 2 : 4
        var lines = [
            "<rect x=\"\(x)\" y=\"\(y)\" width=\"\(boxWidth)\" height=\"\(boxHeight)\" rx=\"\(rounding)\" class=\"\(isKey ? "key" : "node")\(drift)\"/>"
        ]
        let middle = y + (node.detail.isEmpty ? 22 : 15)
        lines.append("<text x=\"\(x + 14)\" y=\"\(middle)\">\(escaped(node.label, 42))</text>")
        if !node.detail.isEmpty {
            lines.append("<text x=\"\(x + 14)\" y=\"\(y + 28)\" class=\"small\">\(escaped(node.detail, 50))</text>")
        }
        return lines
    }

    private static func escaped(_ text: String, _ most: Int) -> String {
        let shown = text.count > most ? text.prefix(most - 1) + "…" : text[...]
        return shown.map { character -> String in
            switch character {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            case "\"": "&quot;"
            default: character.unicodeScalars.allSatisfy { $0.value >= 0x20 } ? String(character) : " "
            }
        }.joined()
    }
}
