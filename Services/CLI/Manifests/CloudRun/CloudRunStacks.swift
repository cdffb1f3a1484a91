import Evidence
import Secrets

/// Which Cloud Run services run together. A file mostly holds one service, beside its sources, so those of one environment
/// belong together wherever they stand; what shows how something is done stands for itself.
enum CloudRunStacks {
    private struct Entry {
        let path: String
        let workload: Workload
        let environment: StackEnvironment?
    }

    private struct Key: Hashable {
        /// Empty but for examples.
        let folder: String
        let label: String
    }

    static func stacks(of files: [(path: String, workloads: [Workload])]) -> [Stack] {
        var order: [Key] = []
        var groups: [Key: [Entry]] = [:]
        for (path, workloads) in files {
            for workload in workloads {
                let environment =
                    environment(of: path) ?? VariableEnvironment.of([workload])
                    ?? StackEnvironment.named(by: workload.name, evidence: "the name at \(workload.position)")
                let key = Key(
                    folder: isExample(path) ? SourceTree.folder(of: path) : "",
                    label: environment?.environment.rawValue ?? "")
                if groups[key] == nil { order.append(key) }
                groups[key, default: []].append(Entry(path: path, workload: workload, environment: environment))
            }
        }
        return order.flatMap { key -> [Stack] in
            let entries = groups[key] ?? []
            let names = entries.map(\.workload.name)
            guard Set(names).count < names.count else { return [stack(entries, key.label)] }
            // Two services of one name are never deployed together: their folders are apart.
            let folders = Dictionary(grouping: entries) { root(of: $0.path) }
            return folders.sorted { $0.key < $1.key }.map { stack($0.value, key.label) }
        }
    }

    private static func stack(_ entries: [Entry], _ label: String) -> Stack {
        var workloads = entries.map(\.workload)
        Neighbours.find(in: &workloads)
        var seen: Set<String> = []
        let files = entries.map(\.path).filter { seen.insert($0).inserted }
        let folder = commonFolder(of: files.map { root(of: $0) })
        return Stack(
            .cloudRun, name: label.isEmpty ? folder : "\(folder): \(label)", environment: entries.first?.environment,
            files: files, workloads: workloads)
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

    private static func isExample(_ path: String) -> Bool {
        path.split(separator: "/").contains { part in
            ["example", "examples", "sample", "samples", "fixtures", "testdata", "tutorial", "tutorials", "docs"]
                .contains(part.lowercased())
        }
    }

    /// The folder, without its parts from the one on that names an environment.
    private static func root(of path: String) -> String {
        let parts = SourceTree.folder(of: path).split(separator: "/").map(String.init)
        let named = parts.firstIndex { StackEnvironment.named(by: $0, evidence: "") != nil } ?? parts.endIndex
        return parts[..<named].joined(separator: "/")
    }

    private static func commonFolder(of folders: [String]) -> String {
        guard var common = folders.first?.split(separator: "/") else { return "." }
        for folder in folders {
            let parts = folder.split(separator: "/")
            while !parts.starts(with: common) { common.removeLast() }
        }
        return common.isEmpty ? "." : common.joined(separator: "/")
    }
}
