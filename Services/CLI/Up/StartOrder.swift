/// Puts services after what they depend on, and otherwise leaves them as they stand in the file.
enum StartOrder {
    enum Outcome: Equatable {
        case order([String])
        /// Each depends on the next, the last on the first.
        case cycle([String])
    }

    static func of(_ services: [(name: String, dependencies: [String])]) -> Outcome {
        var order: [String] = []
        var path: [String] = []
        var cycle: [String]?
        func visit(_ name: String) {
            if cycle != nil || order.contains(name) { return }
            if let start = path.firstIndex(of: name) {
                cycle = Array(path[start...])
                return
            }
            guard let service = services.first(where: { $0.name == name }) else { return }
            path.append(name)
            for dependency in service.dependencies { visit(dependency) }
            path.removeLast()
            if cycle == nil { order.append(name) }
        }
        for service in services { visit(service.name) }
        return cycle.map(Outcome.cycle) ?? .order(order)
    }
}
