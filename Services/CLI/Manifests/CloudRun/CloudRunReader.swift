package import Evidence

/// Reads Cloud Run services and jobs (Knative Serving v1 as `gcloud run services replace` takes it).
package struct CloudRunReader: ManifestReader {
    package init() {}

    package func claims(_ path: String, text: () -> String?) -> Bool {
        guard path.hasSuffix(".yaml") || path.hasSuffix(".yml") || path.hasSuffix(".json") else { return false }
        guard let text = text() else { return false }
        return ManifestMark.has("apiVersion", in: text)
            && (ManifestMark.has("serving.knative.dev/", in: text) || ManifestMark.has("run.googleapis.com/", in: text))
    }

    package func read(_ paths: [String], in tree: SourceTree) -> ManifestReading {
        var reading = ManifestReading()
        var found: [(path: String, workloads: [Workload])] = []
        for path in paths {
            // The Kubernetes reader has the same file and names its faults.
            guard let text = try? tree.text(path), let objects = try? KubernetesFile.objects(of: text, path) else {
                continue
            }
            let workloads = objects.flatMap { CloudRunService($0)?.workloads() ?? [] }
            if !workloads.isEmpty { found.append((path, workloads)) }
        }
        reading.stacks = CloudRunStacks.stacks(of: found)
        return reading
    }
}
