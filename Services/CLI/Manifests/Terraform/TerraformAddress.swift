import Evidence

/// What a path of names holds: variables, locals, modules' outputs, and what resources say of the secrets that they make.
struct TerraformAddress {
    let scope: TerraformScope

    func value(_ parts: [HCLExpression], at position: SourcePosition) -> TerraformValue {
        // A value that is computed and then looked into: `merge(a, b).c`, `{…}[x]`.
        guard case .text(let root) = parts[0].kind else {
            return walk(scope.evaluate(parts[0]), parts.dropFirst(), position)
        }
        if let own = scope.names[root] { return walk(own, parts.dropFirst(), position) }
        guard parts.count > 1, case .text(let name) = parts[1].kind else { return .unknown(root) }
        let rest = parts.dropFirst(2)
        switch root {
        case "var": return walk(variable(name, position), rest, position)
        case "local":
            guard let expression = scope.module.locals[name] else { return .unknown("local.\(name)") }
            return walk(scope.evaluate(expression), rest, position)
        case "each": return .unknown("each.\(name)")
        case "count", "self": return .unknown("\(root).\(name)")
        case "path": return .bound(.literal("."), position)
        case "module": return walk(output(name, rest, position), rest.dropFirst(), position)
        case "terraform": return place("terraform.\(name)", position)
        case "data":
            guard parts.count > 2, case .text(let label) = parts[2].kind else { return .unknown("data.\(name)") }
            return resource("data.\(name).\(label)", type: "data.\(name)", parts.dropFirst(3), position)
        default:
            return resource("\(root).\(name)", type: root, rest, position)
        }
    }

    /// An attribute of a resource, or of one instance of it.
    private func resource(
        _ address: String, type: String, _ rest: ArraySlice<HCLExpression>, _ position: SourcePosition
    ) -> TerraformValue {
        let (context, inner) = instance(address, rest)
        let path = context.names(inner)
        return TerraformSecretPlaces.value(address, type: type, path: path, in: context, at: position)
            ?? context.attribute(address, path, position)
            ?? place(([address] + names(rest)).joined(separator: "."), position)
    }

    /// `TYPE.NAME["key"]` of a resource with `for_each`: what `each` is there.
    private func instance(
        _ address: String, _ rest: ArraySlice<HCLExpression>
    ) -> (TerraformAddress, ArraySlice<HCLExpression>) {
        guard let each = scope.module.resources[address]?.body["for_each"]?.value, let index = rest.first,
            let key = scope.evaluate(index).assumed
        else { return (self, rest) }
        let collection = scope.evaluate(each)
        var value = collection[key] ?? .unknown("each.value")
        // A set's keys are its values.
        if case .list = collection { value = .bound(.literal(key), index.position) }
        var inner = scope
        inner.depth += 1
        inner.names["each"] = .object([
            .init(key: "key", value: .bound(.literal(key), index.position), position: index.position),
            .init(key: "value", value: value, position: index.position),
        ])
        return (TerraformAddress(scope: inner), rest.dropFirst())
    }

    /// Names and known indices; `[0]`, `[each.key]` of resources that stand once in the files say nothing.
    private func names(_ parts: ArraySlice<HCLExpression>) -> [String] {
        parts.compactMap { scope.evaluate($0).assumed }.filter { Int($0) == nil }
    }

    func place(_ name: String, _ position: SourcePosition) -> TerraformValue {
        .bound(.reference(SecretReference(.template, name, scope: scopeName)), position)
    }

    private var scopeName: String {
        scope.address.isEmpty ? scope.module.folder : scope.module.folder + ":" + scope.address
    }

    private func variable(_ name: String, _ position: SourcePosition) -> TerraformValue {
        if let input = scope.inputs[name] { return input }
        guard let word = scope.module.variables[name]?.body["default"]?.value else {
            return place("var.\(name)", position)
        }
        let known = scope.evaluate(word)
        // What the command line may still change.
        guard case .bound(let value, let place) = known, scope.address.isEmpty else { return known }
        return .bound(
            .reference(
                SecretReference(.template, "var.\(name)", scope: scopeName), default: value, emptyCounts: false), place)
    }

    private func walk(
        _ value: TerraformValue, _ parts: ArraySlice<HCLExpression>, _ position: SourcePosition
    ) -> TerraformValue {
        var value = value
        for part in parts {
            guard let name = scope.evaluate(part).assumed else { return .unknown("an index at \(position)") }
            if let next = value[name] {
                value = next
            } else if case .bound(let bound, let place) = value, let reference = bound.reference,
                reference.store == .template
            {
                value = .bound(
                    .reference(
                        SecretReference(.template, reference.name + "." + name, scope: reference.scope)), place)
            } else {
                return .unknown("a member at \(position)")
            }
        }
        return value
    }

    private func output(_ name: String, _ rest: ArraySlice<HCLExpression>, _ position: SourcePosition) -> TerraformValue
    {
        guard let label = names(rest).first, let call = scope.module.calls[name] else {
            return .unknown("module.\(name)")
        }
        guard let inner = TerraformCalls.scope(of: name, call, in: scope), let expression = inner.module.outputs[label]
        else { return place("module.\(name).\(label)", position) }
        return inner.evaluate(expression)
    }

    /// What the resource's own block says; nil for what is known after it is made.
    private func attribute(_ address: String, _ path: [String], _ position: SourcePosition) -> TerraformValue? {
        guard var body = scope.module.resources[address]?.body else { return nil }
        for (index, name) in path.enumerated() {
            if let expression = body[name]?.value {
                var value = scope.evaluate(expression)
                for key in path.dropFirst(index + 1) { value = value[key] ?? .unknown("a member at \(position)") }
                return value
            }
            guard let inner = body.blocks(name).first else { break }
            body = inner.body
        }
        return nil
    }
}

/// Calls of modules of the same tree.
enum TerraformCalls {
    private static let depthLimit = 8

    static func scope(of name: String, _ call: HCLBlock, in outer: TerraformScope) -> TerraformScope? {
        guard let folder = outer.module.source(of: call), let module = outer.modules[folder],
            outer.address.split(separator: ":").count < depthLimit, folder != outer.module.folder
        else { return nil }
        var inputs: [String: TerraformValue] = [:]
        for attribute in call.body.attributes where module.variables[attribute.name] != nil {
            inputs[attribute.name] = outer.evaluate(attribute.value)
        }
        // Each instance makes secrets of its own.
        let key = call.body["for_each"] == nil ? nil : outer.names["each"]?["key"]?.literal
        let own = name + (key.map { "[\($0)]" } ?? "")
        var inner = TerraformScope(
            module: module, inputs: inputs, address: (outer.address.isEmpty ? "" : outer.address + ":") + own,
            modules: outer.modules, tree: outer.tree, budget: outer.budget)
        inner.depth = outer.depth
        return inner
    }
}
