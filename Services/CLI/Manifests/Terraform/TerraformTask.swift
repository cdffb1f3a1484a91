import Evidence

/// `container_definitions` of a task: `jsonencode`, a here-document or a file of JSON.
struct TerraformTask {
    let family: String

    /// Nil where it is not known.
    func workloads(_ definitions: TerraformValue) -> [Workload]? {
        switch definitions {
        case .json(.list(let containers)): return workloads(containers)
        case .list(let containers): return workloads(containers)
        case .bound(let text, let place): return text.isOpaque ? nil : workloads(text, place)
        default: return nil
        }
    }

    private func workloads(_ containers: [TerraformValue]) -> [Workload]? {
        var found: [Workload] = []
        for container in containers {
            guard case .object(let members) = container else { return nil }
            let name = container["name"]?.literal
            var workload = Workload(
                containers.count == 1 ? name ?? family : "\(family)/\(name ?? "container")",
                at: members.first { $0.key == "name" }?.position ?? container.position
                    ?? SourcePosition(file: "", line: 1))
            workload.image = container["image"]?.bound.map(CloudFormationTemplate.spelled)
            take(container["environment"], of: &workload) { entry in entry["value"]?.bound }
            take(container["secrets"], of: &workload) { entry in
                entry["valueFrom"]?.bound.map { AmazonDynamicReference.place($0) { _ in nil } }
            }
            if container["environmentFiles"] != nil {
                workload.gaps.append(Gap("environmentFiles are read from a bucket", at: workload.position))
            }
            found.append(workload)
        }
        return found
    }

    private func take(
        _ list: TerraformValue?, of workload: inout Workload, _ value: (TerraformValue) -> BoundValue?
    ) {
        guard let list else { return }
        if case .null = list { return }
        guard case .list(let entries) = list else {
            workload.gaps.append(Gap("its variables come from an expression", at: workload.position))
            return
        }
        for entry in entries {
            guard let name = entry["name"], let text = name.literal else {
                workload.gaps.append(Gap("a variable's name is not known here", at: workload.position))
                continue
            }
            let position = name.position ?? workload.position
            let place = entry["value"]?.position
            workload.assign(
                Assignment(
                    text, value(entry) ?? .opaque("known after it is applied"), at: position,
                    valueAt: place.flatMap { $0.file != position.file || $0.line != position.line ? $0 : nil }))
        }
    }

    /// A text with references in it: they stand as characters that no text has while it is read.
    private func workloads(_ text: BoundValue, _ place: SourcePosition) -> [Workload]? {
        var marked = ""
        for (index, piece) in text.pieces.enumerated() {
            if case .text(let text) = piece { marked += text } else { marked += "\u{E000}\(index)\u{E001}" }
        }
        guard let root = try? JSONDocument.parse(marked, file: place.file, start: place), let containers = root.list
        else {
            return nil
        }
        func bound(_ node: ManifestNode) -> BoundValue? {
            guard let text = node.scalar?.text, !node.isNull else { return nil }
            return unmarked(text[...])
        }
        func unmarked(_ part: Substring) -> BoundValue {
            var value = BoundValue.empty
            var rest = part
            while let open = rest.firstIndex(of: "\u{E000}"), let close = rest[open...].firstIndex(of: "\u{E001}") {
                value = value + .literal(String(rest[..<open]))
                if let index = Int(rest[rest.index(after: open)..<close]), text.pieces.indices.contains(index) {
                    value = value + BoundValue([text.pieces[index]])
                }
                rest = rest[rest.index(after: close)...]
            }
            return value + .literal(String(rest))
        }
        let reader = TaskContainers(
            value: bound, secret: { AmazonDynamicReference.place(bound($0) ?? .empty) { _ in nil } })
        return reader.workloads(containers, family: family)
    }
}
