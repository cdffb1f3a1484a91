import Evidence

/// Blocks of a resource with what they are evaluated in: a `dynamic` block stands for one of each of its elements.
struct TerraformBlocks {
    struct Found {
        let body: HCLBody
        let scope: TerraformScope
        let position: SourcePosition

        func value(_ name: String) -> TerraformValue { scope.evaluate(body[name]?.value) }
        func bound(_ name: String) -> BoundValue? { value(name).bound }
        func text(_ name: String) -> String? { bound(name).map(CloudFormationTemplate.spelled) }
        func position(_ name: String) -> SourcePosition { body[name]?.value.position ?? position }
    }

    private(set) var gaps: [Gap] = []

    /// The blocks at a path of types: `["template", "spec", "containers"]`.
    mutating func find(_ path: [String], in start: Found) -> [Found] {
        path.reduce([start]) { found, type in found.flatMap { blocks(type, in: $0) } }
    }

    mutating func blocks(_ type: String, in outer: Found) -> [Found] {
        var found = outer.body.blocks(type).map { Found(body: $0.body, scope: outer.scope, position: $0.position) }
        for block in outer.body.blocks("dynamic") where block.labels == [type] {
            guard let content = block.body.blocks("content").first else { continue }
            let collection = outer.scope.evaluate(block.body["for_each"]?.value)
            guard let entries = TerraformScope.entries(collection), entries.count <= 1000 else {
                gaps.append(Gap("blocks of \(type) are made from what is not known here", at: block.position))
                continue
            }
            var name = type
            if case .path(let parts)? = block.body["iterator"]?.value.kind, case .text(let own)? = parts.first?.kind {
                name = own
            }
            for entry in entries {
                var scope = outer.scope
                let place = entry.position ?? block.position
                scope.names[name] = .object([
                    .init(key: "key", value: entry.key, position: place),
                    .init(key: "value", value: entry.value, position: place),
                ])
                found.append(Found(body: content.body, scope: scope, position: place))
            }
        }
        return found
    }
}

extension TerraformScope {
    /// The instances of a resource or call: one, or one for each element of `for_each`; none where `count` is 0.
    func instances(_ body: HCLBody) -> [TerraformScope] {
        if let count = body["count"]?.value, evaluate(count).literal == "0" { return [] }
        guard let each = body["for_each"]?.value else { return [self] }
        let collection = evaluate(each)
        guard let entries = Self.entries(collection), entries.count <= 200 else { return [self] }
        let isSet: Bool
        if case .list = collection { isSet = true } else { isSet = false }
        return entries.map { entry in
            var scope = self
            let place = entry.position ?? SourcePosition(file: module.files.first ?? module.folder, line: 1)
            // A set's keys are its values.
            scope.names["each"] = .object([
                .init(key: "key", value: isSet ? entry.value : entry.key, position: place),
                .init(key: "value", value: entry.value, position: place),
            ])
            return scope
        }
    }
}
