import Evidence
import Testing

@testable import Manifests

/// What the readers of this family make of a tree.
func kubernetes(_ texts: [String: String]) -> ManifestReading {
    ManifestReaders.read(SourceTree(texts), readers: [KubernetesReader()])
}

/// The variable of a workload that is expected to have it.
func variable(_ name: String, of workload: String, in reading: ManifestReading) throws -> Assignment {
    let workloads = reading.stacks.flatMap(\.workloads)
    let found = try #require(
        workloads.first { $0.name == workload }, "\(workloads.map(\.name)), \(reading.unread.map(\.reason))")
    return try #require(found[name], "\(found.assignments.map(\.name))")
}

/// A Deployment of one container.
func deployment(_ name: String, namespace: String? = nil, env: String = "", more: String = "") -> String {
    """
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: \(name)
    \(namespace.map { "  namespace: \($0)\n" } ?? "")spec:
      template:
        metadata: {labels: {app: \(name)}}
        spec:
          containers:
            - name: app
              image: registry.example.org/\(name):1
    \(env.split(separator: "\n", omittingEmptySubsequences: false).map { "          \($0)" }.joined(separator: "\n"))
    \(more)

    """
}

func secret(_ name: String, _ key: String, _ text: String, namespace: String? = nil) -> String {
    """
    apiVersion: v1
    kind: Secret
    metadata: {name: \(name)\(namespace.map { ", namespace: \($0)" } ?? "")}
    stringData:
      \(key): \(text)

    """
}
