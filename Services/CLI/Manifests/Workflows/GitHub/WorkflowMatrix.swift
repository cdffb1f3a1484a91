import Evidence

/// `strategy.matrix`: each combination that is listed.
enum WorkflowMatrix {
    private static let limit = 64

    static func combinations(_ matrix: ManifestNode?) -> [[ManifestNode.Member]] {
        guard let members = matrix?.map else { return [[]] }
        var combinations: [[ManifestNode.Member]] = [[]]
        for member in members where member.key != "include" && member.key != "exclude" {
            // A list from an expression is not known.
            guard let values = member.value.list, !values.isEmpty else { continue }
            let grown = combinations.flatMap { before in
                values.map { before + [.init(key: member.key, position: $0.position, value: $0)] }
            }
            guard grown.count <= limit else { break }
            combinations = grown
        }
        let excluded = (matrix?["exclude"]?.list ?? []).compactMap(\.map)
        combinations.removeAll { combination in excluded.contains { holds(combination, $0) } }
        for entry in matrix?["include"]?.list ?? [] {
            guard let added = entry.map else { continue }
            let shared = added.filter { member in members.contains { $0.key == member.key } }
            var isUsed = false
            if !shared.isEmpty || combinations != [[]] {
                for index in combinations.indices
                where !combinations[index].isEmpty && holds(combinations[index], shared) {
                    isUsed = true
                    combinations[index] += added.filter { member in
                        !combinations[index].contains { $0.key == member.key }
                    }
                }
            }
            if !isUsed, combinations.count < limit { combinations.append(added) }
        }
        // `include` alone makes all of them.
        if combinations.count > 1, combinations.first?.isEmpty == true { combinations.removeFirst() }
        return combinations.isEmpty ? [[]] : combinations
    }

    private static func holds(_ combination: [ManifestNode.Member], _ wanted: [ManifestNode.Member]) -> Bool {
        wanted.allSatisfy { member in
            combination.contains { $0.key == member.key && $0.value.scalar?.text == member.value.scalar?.text }
        }
    }
}

private func != (a: [[ManifestNode.Member]], b: [[ManifestNode.Member]]) -> Bool {
    a.map { $0.map(\.key) } != b.map { $0.map(\.key) }
}
