import Evidence

@testable import Manifests

/// A repository of compose files in memory, as the check reads it.
struct ComposeTree {
    let reading: ManifestReading

    init(_ files: [String: String]) {
        reading = ManifestReaders.read(SourceTree(files), readers: [ComposeManifests()])
    }

    /// One service `a` in `docker-compose.yml`, with these lines.
    init(service lines: String, files: [String: String] = [:], top: String = "") {
        let body = lines.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)\n" }.joined()
        self.init(
            files.merging(["docker-compose.yml": "services:\n  a:\n    image: x\n\(body)\n\(top)"]) { own, _ in own })
    }

    var names: [String] { reading.stacks.map(\.name) }

    func stack(_ name: String) -> Stack? { reading.stacks.first { $0.name == name } }

    func workload(_ name: String = "a", in stack: String? = nil) -> Workload? {
        let found = stack.map { self.stack($0) } ?? reading.stacks.first
        return found?.workloads.first { $0.name == name }
    }

    func value(_ variable: String, of name: String = "a", in stack: String? = nil) -> BoundValue? {
        workload(name, in: stack)?[variable]?.value
    }
}

extension BoundValue {
    /// `${NAME}` that the files do not define.
    static func variable(_ name: String, default word: BoundValue? = nil, emptyCounts: Bool = true) -> BoundValue {
        .reference(SecretReference(.variable, name), default: word, emptyCounts: emptyCounts)
    }
}
