/// A picture of who holds which key, as text for other programs: Mermaid and Graphviz.
package enum GraphText {
    package static func mermaid(_ result: CheckResult) -> String {
        var lines = ["flowchart LR"]
        var drifting: [String] = []
        for (index, group) in GraphModel(result).groups.enumerated() {
            lines.append("  subgraph g\(index)[\"\(quoted(group.title))\"]")
            for key in group.keys { lines.append("    \(key.id)([\"\(quoted(key.label))\"])") }
            for service in group.services {
                let detail = service.detail.isEmpty ? "" : "<br/>\(quoted(service.detail))"
                lines.append("    \(service.id)[\"\(quoted(service.label))\(detail)\"]")
            }
            for edge in group.edges {
                lines.append(
                    "    \(edge.from) -->\(edge.label.isEmpty ? "" : "|\"\(quoted(edge.label))\"|") \(edge.to)")
            }
            lines.append("  end")
            drifting += (group.keys + group.services).filter(\.isDrifting).map(\.id)
        }
        lines.append("  classDef drift fill:#fde8e8,stroke:#c81e1e,color:#771d1d")
        if !drifting.isEmpty { lines.append("  class \(drifting.joined(separator: ",")) drift") }
        return lines.joined(separator: "\n") + "\n"
    }

    package static func dot(_ result: CheckResult) -> String {
        var lines = ["digraph keys {", "  rankdir=LR", "  node [fontname=\"sans-serif\"]"]
        for (index, group) in GraphModel(result).groups.enumerated() {
            lines.append("  subgraph cluster_\(index) {")
            lines.append("    label=\"\(escaped(group.title))\"")
            for (nodes, shape) in [(group.keys, "ellipse"), (group.services, "box")] {
                for node in nodes {
                    let colour = node.isDrifting ? ", color=\"#c81e1e\", fontcolor=\"#c81e1e\"" : ""
                    let detail = node.detail.isEmpty ? "" : "\\n\(escaped(node.detail))"
                    lines.append("    \(node.id) [shape=\(shape), label=\"\(escaped(node.label))\(detail)\"\(colour)]")
                }
            }
            for edge in group.edges {
                let colour = edge.isDrifting ? ", color=\"#c81e1e\"" : ""
                lines.append("    \(edge.from) -> \(edge.to) [label=\"\(escaped(edge.label))\"\(colour)]")
            }
            lines.append("  }")
        }
        return (lines + ["}"]).joined(separator: "\n") + "\n"
    }

    private static func quoted(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("\"", with: "#quot;").replacing("<", with: "&lt;")
            .replacing(">", with: "&gt;").replacing("\n", with: " ")
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: " ")
    }
}
