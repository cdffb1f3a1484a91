import Evidence

/// An env file that is not in the tree is filled in from the example beside it: what stands there is what its people
/// give, under those names and no others.
struct ExampleFiles {
    private let names: [String: [LooseBinding]]

    init(_ loose: [LooseBinding]) {
        names = Dictionary(grouping: loose.filter { $0.place == .exampleFile }) { $0.position.file }
    }

    /// The workload with the names of its gaps' examples, each a value that the host's own file will hold. The gap stays:
    /// the real file may hold more.
    func filled(_ workload: Workload) -> Workload {
        var workload = workload
        for gap in workload.gaps {
            guard let example = gap.example, let bindings = names[example] else { continue }
            for binding in bindings where workload[binding.name] == nil {
                workload.assignments.append(
                    Assignment(
                        binding.name, .reference(SecretReference(.variable, binding.name)), at: gap.position,
                        origin: .file,
                        valueAt: binding.position))
            }
        }
        return workload
    }
}
