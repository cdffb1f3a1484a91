import Evidence

/// What a picture shows: services, the places their keys come from, and which of them drift.
struct GraphModel {
    struct Node: Hashable {
        let id: String
        let label: String
        let detail: String
        let isDrifting: Bool
    }

    struct Edge: Hashable {
        let from: String
        let to: String
        let label: String
        let isDrifting: Bool
    }

    struct Group {
        let title: String
        let keys: [Node]
        let services: [Node]
        let edges: [Edge]
    }

    let groups: [Group]

    init(_ result: CheckResult) {
        groups = result.stacks.enumerated().compactMap { index, stack in
            stack.participants.isEmpty ? nil : Self.group(stack, index, result.findings)
        }
    }

    private static func group(_ stack: ProvenStack, _ index: Int, _ findings: [Finding]) -> Group {
        let drifting = Set(
            findings.filter { $0.stack == stack.stack.name && $0.severity == .error }.flatMap(\.services))
        var keys: [Node] = []
        var services: [Node] = []
        var edges: [Edge] = []
        for (number, participant) in stack.participants.enumerated() {
            let id = "s\(index)_\(number)"
            let isDrifting = drifting.contains(participant.name)
            let role = [participant.signs ? "issues" : nil, participant.verifies ? "verifies" : nil].compactMap(\.self)
            services.append(
                Node(id: id, label: participant.name, detail: role.joined(separator: ", "), isDrifting: isDrifting))
            for use in participant.uses {
                let shown = use.outcome.shown
                let known = keys.firstIndex { $0.label == shown }
                if known == nil {
                    keys.append(Node(id: "k\(index)_\(keys.count)", label: shown, detail: "", isDrifting: false))
                }
                edges.append(
                    Edge(
                        from: keys[known ?? keys.count - 1].id, to: id, label: use.outcome.key?.name ?? "",
                        isDrifting: isDrifting))
            }
        }
        // A key that only drifting services hold is the odd one.
        keys = keys.map { key in
            let all = edges.filter { $0.from == key.id }
            let isOdd = !all.isEmpty && all.allSatisfy(\.isDrifting) && keys.count > 1
            return Node(id: key.id, label: key.label, detail: key.detail, isDrifting: isOdd)
        }
        return Group(title: stack.label, keys: keys, services: services, edges: edges)
    }
}
