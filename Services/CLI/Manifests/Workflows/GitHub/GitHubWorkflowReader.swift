package import Evidence

/// `.github/workflows/*.yml` with the composite actions and reusable workflows of the same tree: what each step that
/// deploys hands over, and which secrets stand there in the open.
package struct GitHubWorkflowReader: ManifestReader {
    /// Choices of `workflow_dispatch` are followed one by one, up to so many.
    private static let variantLimit = 16

    package init() {}

    package func claims(_ path: String, text: () -> String?) -> Bool {
        guard path.hasSuffix(".yml") || path.hasSuffix(".yaml") else { return false }
        if path.hasPrefix(".github/workflows/") || path.contains("/.github/workflows/") { return true }
        let name = SourceTree.name(of: path)
        guard name == "action.yml" || name == "action.yaml" else { return false }
        return text().map { TextSearch.contains($0, "runs:") } ?? false
    }

    package func read(_ paths: [String], in tree: SourceTree) -> ManifestReading {
        var reading = ManifestReading()
        var files: [String: WorkflowFile] = [:]
        for path in paths {
            do throws(UnreadFile) {
                files[path] = try WorkflowFile.read(path, in: tree)
            } catch {
                reading.unread.append(error)
            }
        }
        var calls: Set<String> = []
        for file in files.values {
            for job in file.root["jobs"]?.map ?? [] {
                if let uses = job.value["uses"]?.scalar?.text, uses.hasPrefix("./"),
                    let path = SourceTree.resolve(uses, in: file.checkout)
                {
                    calls.insert(path)
                }
            }
        }
        var found = WorkflowFindings()
        for file in files.values.sorted(by: { $0.path < $1.path }) where file.root["jobs"] != nil {
            // What only others call, and somebody here calls, is seen through its callers.
            if file.isCalled, !file.isStarted, calls.contains(file.path) { continue }
            for inputs in Self.variants(of: file) {
                var evaluation = WorkflowEvaluation(files: files, tree: tree)
                evaluation.evaluate(file, inputs: inputs, secrets: .own, chain: [file.path], caller: nil)
                found.add(evaluation.reading)
            }
        }
        reading.add(found.reading)
        return reading
    }

    /// The inputs of a workflow that people start: a choice that names a job's environment is followed for each of its
    /// options.
    private static func variants(of file: WorkflowFile) -> [[String: BoundValue]] {
        var variants: [[String: BoundValue]] = [[:]]
        let declared =
            (file.triggers?["workflow_dispatch"]?["inputs"]?.map ?? [])
            + (file.triggers?["workflow_call"]?["inputs"]?.map ?? [])
        let environments = (file.root["jobs"]?.map ?? []).flatMap { job in
            [job.value["environment"]?.scalar?.text, job.value["environment"]?["name"]?.scalar?.text].compactMap { $0 }
                + (job.value["with"]?.map ?? []).compactMap { $0.value.scalar?.text }
        }.joined(separator: "\n")
        for input in declared {
            let name = input.key.lowercased()
            let options = (input.value["options"]?.list ?? []).compactMap { $0.scalar?.text }
            if !options.isEmpty, environments.contains("inputs.\(input.key)"),
                variants.count * options.count <= variantLimit
            {
                variants = variants.flatMap { variant in
                    options.map { option in
                        var variant = variant
                        variant[name] = .literal(option)
                        return variant
                    }
                }
                continue
            }
            let word = input.value["default"]?.scalar.map { BoundValue.literal($0.text) }
            for index in variants.indices where variants[index][name] == nil {
                variants[index][name] = .reference(SecretReference(.github, "inputs." + name), default: word)
            }
        }
        return variants
    }
}

/// One reading of all variants: what does not depend on them is there once.
struct WorkflowFindings {
    private struct Key: Hashable {
        let name: String
        let position: SourcePosition
        let environment: StackEnvironment?
        let services: [String]
        let manifests: [String]
        let assignments: [Assignment]
        let stored: [StoredValue]
    }

    private(set) var reading = ManifestReading()
    private var deliveries: Set<Key> = []
    private var loose: Set<LooseBinding> = []
    private var unread: Set<UnreadFile> = []

    mutating func add(_ other: ManifestReading) {
        reading.stacks += other.stacks
        reading.loose += other.loose.filter { loose.insert($0).inserted }
        reading.unread += other.unread.filter { unread.insert($0).inserted }
        reading.deliveries += other.deliveries.filter { delivery in
            deliveries.insert(
                Key(
                    name: delivery.name, position: delivery.position, environment: delivery.environment,
                    services: delivery.services, manifests: delivery.manifests, assignments: delivery.assignments,
                    stored: delivery.stored)
            ).inserted
        }
    }
}
