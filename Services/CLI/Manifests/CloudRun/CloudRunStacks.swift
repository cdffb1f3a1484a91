import Evidence
import Secrets

/// Which Cloud Run services run together: those of one folder, as each file mostly holds one service, apart by what their
/// names and variables say of the environment.
enum CloudRunStacks {
    private struct Key: Hashable {
        let folder: String
        let label: String
    }

    static func stacks(of files: [(path: String, workloads: [Workload])]) -> [Stack] {
        var order: [Key] = []
        var groups: [Key: (environment: StackEnvironment?, files: [String], workloads: [Workload])] = [:]
        for (path, workloads) in files {
            for workload in workloads {
                let environment =
                    environment(of: path) ?? VariableEnvironment.of([workload])
                    ?? StackEnvironment.named(by: workload.name, evidence: "the name at \(workload.position)")
                let key = Key(folder: root(of: path), label: environment?.environment.rawValue ?? "")
                if groups[key] == nil {
                    order.append(key)
                    groups[key] = (environment, [], [])
                }
                groups[key]?.workloads.append(workload)
                if groups[key]?.files.contains(path) == false { groups[key]?.files.append(path) }
            }
        }
        return order.compactMap { key in
            guard var group = groups[key] else { return nil }
            Neighbours.find(in: &group.workloads)
            let folder = key.folder.isEmpty ? "." : key.folder
            return Stack(
                .cloudRun, name: key.label.isEmpty ? folder : "\(folder): \(key.label)",
                environment: group.environment, files: group.files, workloads: group.workloads)
        }
    }

    /// The last part of a path that names one.
    private static func environment(of path: String) -> StackEnvironment? {
        let parts = path.split(separator: "/").map(String.init)
        for index in parts.indices.reversed() {
            let upTo = parts[...index].joined(separator: "/")
            if let named = StackEnvironment.named(by: parts[index], evidence: "the name of \(upTo)") { return named }
        }
        return nil
    }

    /// Without the folders from the one on that names an environment.
    private static func root(of path: String) -> String {
        let parts = SourceTree.folder(of: path).split(separator: "/").map(String.init)
        let named = parts.firstIndex { StackEnvironment.named(by: $0, evidence: "") != nil } ?? parts.endIndex
        return parts[..<named].joined(separator: "/")
    }
}
