package import Evidence

/// Templates of CloudFormation and SAM, in YAML and JSON, and what the CDK writes to `cdk.out`.
package struct CloudFormationReader: ManifestReader {
    /// Environments that a parameter allows are read one by one.
    private static let choiceLimit = 8

    package init() {}

    package func claims(_ path: String, text: () -> String?) -> Bool {
        let name = SourceTree.name(of: path).lowercased()
        guard [".yml", ".yaml", ".json", ".template"].contains(where: name.hasSuffix), let text = text() else {
            return false
        }
        // serverless.yml may hold resources of its own; it is another reader's.
        guard !name.hasPrefix("serverless.") else { return false }
        if TextSearch.contains(text, "AWSTemplateFormatVersion", "AWS::Serverless-2016-10-31") { return true }
        return TextSearch.contains(text, "AWS::") && TextSearch.contains(text, "Resources")
            && TextSearch.contains(text, "Properties")
    }

    package func read(_ paths: [String], in tree: SourceTree) -> ManifestReading {
        var reading = ManifestReading()
        for path in paths {
            do {
                let documents = try ManifestNode.documents(try tree.text(path), file: path)
                guard let root = documents.first, root["Resources"]?.map != nil else { continue }
                read(root, path, into: &reading)
            } catch let faults as ManifestFaults {
                reading.unread.append(UnreadFile(faults, in: path))
            } catch let unread as UnreadFile {
                reading.unread.append(unread)
            } catch {
                reading.unread.append(UnreadFile(SourcePosition(file: path, line: 1), "it can't be read"))
            }
        }
        return reading
    }

    private func read(_ root: ManifestNode, _ path: String, into reading: inout ManifestReading) {
        var isFirst = true
        for (label, chosen) in Self.choices(root) {
            let template = CloudFormationTemplate(root, file: path, chosen: chosen)
            let resources = CloudFormationResources(template: template)
            if isFirst { reading.loose += resources.loose }
            isFirst = false
            let workloads = AmazonAccounts.settled(resources.workloads)
            guard !workloads.isEmpty else { continue }
            reading.stacks.append(
                Stack(
                    resources.target, name: label.map { "\(path) (\($0))" } ?? path,
                    environment: ManifestEnvironment.find(path, workloads: workloads, label: label), files: [path],
                    workloads: workloads))
        }
    }

    /// A parameter that allows certain environments makes a stack for each; nothing else is chosen.
    private static func choices(_ root: ManifestNode) -> [(label: String?, chosen: [String: String])] {
        for parameter in root["Parameters"]?.map ?? [] {
            let allowed = (parameter.value["AllowedValues"]?.list ?? []).compactMap { $0.scalar?.text }
            guard allowed.count > 1, allowed.count <= choiceLimit,
                allowed.allSatisfy({ StackEnvironment.named(by: $0, evidence: "") != nil })
            else { continue }
            return allowed.map { ($0, [parameter.key: $0]) }
        }
        return [(nil, [:])]
    }
}
