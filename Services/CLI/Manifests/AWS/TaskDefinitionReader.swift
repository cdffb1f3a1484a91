package import Evidence

/// Task definitions of Amazon ECS in JSON (`containerDefinitions`), as they are registered or before something fills them
/// in; also what `describe-task-definition` prints.
package struct TaskDefinitionReader: ManifestReader {
    package init() {}

    package func claims(_ path: String, text: () -> String?) -> Bool {
        let name = SourceTree.name(of: path).lowercased()
        guard name.contains(".json"), let text = text() else { return false }
        return TextSearch.contains(text, "\"containerDefinitions\"")
            && !TextSearch.contains(text, "\"planned_values\"", "\"terraform_version\"")
    }

    package func read(_ paths: [String], in tree: SourceTree) -> ManifestReading {
        var reading = ManifestReading()
        for path in paths {
            do {
                let root = try JSONDocument.parse(try tree.text(path), file: path)
                if let stack = Self.stack(root, path) { reading.stacks.append(stack) }
            } catch let faults as ManifestFaults {
                reading.unread.append(UnreadFile(faults, in: path))
            } catch let unread as UnreadFile {
                reading.unread.append(unread)
            } catch {
                reading.unread.append(UnreadFile(SourcePosition(file: path, line: 1), "it can't be read"))
            }
        }
        reading.stacks = Self.joined(reading.stacks)
        return reading
    }

    /// The tasks of one environment run together, wherever their files are; two of one name are two stacks that nobody
    /// told apart.
    static func joined(_ stacks: [Stack]) -> [Stack] {
        var order: [String] = []
        var lots: [String: [Stack]] = [:]
        for stack in stacks {
            let label = stack.environment?.label ?? ""
            if lots[label] == nil { order.append(label) }
            lots[label, default: []].append(stack)
        }
        return order.flatMap { label -> [Stack] in
            let lot = lots[label] ?? []
            let workloads = lot.flatMap(\.workloads)
            guard let first = lot.first, lot.count > 1, Set(workloads.map(\.name)).count == workloads.count else {
                return lot
            }
            return [
                Stack(
                    .ecs, name: "ECS tasks: \(label.isEmpty ? "any environment" : label)",
                    environment: first.environment,
                    files: lot.flatMap(\.files), workloads: workloads)
            ]
        }
    }

    private static func stack(_ root: ManifestNode, _ path: String) -> Stack? {
        let task = root["taskDefinition"] ?? root
        guard let containers = task["containerDefinitions"]?.list else { return nil }
        let reader = TaskContainers(
            value: { $0.isNull ? nil : TaskPlaceholder.value($0.scalar?.text ?? "") }, secret: secret)
        let workloads = AmazonAccounts.settled(
            reader.workloads(containers, family: task["family"]?.scalar?.text))
        return Stack(
            .ecs, name: path,
            environment: ManifestEnvironment.find(path, workloads: workloads)
                ?? task["family"]?.scalar.flatMap {
                    StackEnvironment.named(by: $0.text, evidence: "the family \($0.text)")
                }, files: [path], workloads: workloads)
    }

    static func secret(_ node: ManifestNode) -> BoundValue {
        let text = node.scalar?.text ?? ""
        let value = TaskPlaceholder.value(text)
        // Region and account may be filled in and the name still stand there.
        if value.literal != nil || text.hasPrefix("arn:"), let reference = AmazonSecretName.reference(text) {
            return .reference(reference)
        }
        return value.reference == nil ? .opaque(text) : value
    }
}
