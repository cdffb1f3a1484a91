package import Evidence

/// `src/login.handler`, as functions name where they start: a source without its ending, and what it exports.
enum FunctionHandler {
    static func source(_ handler: String, in folder: String) -> String? {
        handler.lastIndex(of: ".").flatMap { SourceTree.resolve(String(handler[..<$0]), in: folder) }
    }
}

/// `serverless.yml` of the Serverless Framework, read once for each stage that it knows.
package struct ServerlessReader: ManifestReader {
    private static let stageLimit = 8

    package init() {}

    package func claims(_ path: String, text: () -> String?) -> Bool {
        let name = SourceTree.name(of: path).lowercased()
        return name.hasPrefix("serverless") && (name.hasSuffix(".yml") || name.hasSuffix(".yaml"))
    }

    package func read(_ paths: [String], in tree: SourceTree) -> ManifestReading {
        var reading = ManifestReading()
        for path in paths {
            do throws(UnreadFile) {
                let file = try WorkflowFile.read(path, in: tree)
                guard file.root["provider"] != nil || file.root["functions"] != nil else { continue }
                let stages = Self.stages(file.root)
                for stage in stages.isEmpty ? [nil] : stages {
                    let variables = ServerlessVariables(root: file.root, path: path, stage: stage, tree: tree)
                    let stack = Self.stack(variables, path, stage)
                    guard !stack.workloads.isEmpty else { continue }
                    reading.stacks.append(stack)
                }
            } catch {
                reading.unread.append(error)
            }
        }
        return reading
    }

    /// Stages that have settings of their own: `params:`, `stages:`, and mappings of `custom:` whose keys are environments.
    private static func stages(_ root: ManifestNode) -> [String?] {
        let tables =
            [root["params"], root["stages"]].compactMap { $0 } + (root["custom"]?.map ?? []).map(\.value)
            + [root["custom"]].compactMap { $0 }
        var found: [String] = []
        for table in tables {
            let keys = (table.map ?? []).map(\.key).filter { $0 != "default" }
            let known = keys.filter { StackEnvironment.named(by: $0, evidence: "") != nil }
            guard !known.isEmpty, known.count == keys.count else { continue }
            found += known.filter { !found.contains($0) }
        }
        return found.prefix(stageLimit).map { $0 }
    }

    private static func stack(_ variables: ServerlessVariables, _ path: String, _ stage: String?) -> Stack {
        let root = variables.root
        var workloads: [Workload] = []
        let shared = variables.members(root["provider"]?["environment"])
        let functions = root["functions"].map { $0.list ?? [$0] } ?? []
        for function in functions.flatMap({ variables.members($0).members }) {
            var workload = Workload(function.key, at: function.position)
            workload.sourceDirectory = SourceTree.folder(of: path)
            for (members, gap) in [shared, variables.members(function.value["environment"])] {
                if let gap { workload.gaps.append(gap) }
                for member in members {
                    workload.assign(
                        // CloudFormation follows what is left of them.
                        Assignment(
                            member.key, AmazonDynamicReference.followed(variables.value(member.value)) { _ in nil },
                            at: member.position))
                }
            }
            if let handler = function.value["handler"]?.scalar?.text {
                workload.command = [handler]
                workload.entry = FunctionHandler.source(handler, in: SourceTree.folder(of: path))
            }
            workloads.append(workload)
        }
        let label = stage ?? root["provider"]?["stage"].flatMap { variables.value($0).literal }
        let found = label.flatMap { StackEnvironment.named(by: $0, evidence: "the stage \($0)") }
        return Stack(
            .serverless, name: stage.map { "\(path) (\($0))" } ?? path,
            environment: found ?? ManifestEnvironment.find(path, workloads: workloads), files: [path],
            workloads: AmazonAccounts.settled(workloads))
    }
}
