import Evidence

/// A template of CloudFormation with its functions, for one choice of its parameters (AWS CloudFormation template
/// reference, intrinsic functions).
struct CloudFormationTemplate {
    private static let depthLimit = 40

    let file: String
    let root: ManifestNode
    /// Parameters whose value is chosen for this reading.
    let chosen: [String: String]
    private let parameters: [String: ManifestNode]
    private let resources: [String: ManifestNode]
    private let budget = ReadingBudget(500_000)

    init(_ root: ManifestNode, file: String, chosen: [String: String] = [:]) {
        self.root = root
        self.file = file
        self.chosen = chosen
        parameters = Self.dictionary(root["Parameters"])
        resources = Self.dictionary(root["Resources"])
    }

    private static func dictionary(_ node: ManifestNode?) -> [String: ManifestNode] {
        Dictionary((node?.map ?? []).map { ($0.key, $0.value) }) { first, _ in first }
    }

    /// What a node comes to; nil for `AWS::NoValue`.
    func value(_ node: ManifestNode, depth: Int = 0) -> BoundValue? {
        guard depth < Self.depthLimit, budget.take() else { return .opaque("a nested expression") }
        guard let call = Self.call(node) else {
            guard let scalar = node.scalar else { return .opaque("a list or mapping at \(node.position)") }
            return dynamic(.literal(scalar.text))
        }
        let argument = call.argument
        switch call.name {
        case "Ref": return argument.scalar.map { ref($0.text, depth: depth) } ?? .opaque("Ref at \(node.position)")
        case "Fn::GetAtt":
            let path = argument.list?.compactMap { $0.scalar?.text }.joined(separator: ".") ?? argument.scalar?.text
            return path.map { .reference(SecretReference(.template, $0, scope: file)) } ?? .opaque("Fn::GetAtt")
        case "Fn::Sub": return sub(argument, depth: depth)
        case "Fn::Join": return join(argument, depth: depth)
        case "Fn::FindInMap": return find(argument, depth: depth)
        case "Fn::ImportValue":
            return value(argument, depth: depth + 1).map {
                .reference(SecretReference(.template, "import " + Self.spelled($0)))
            }
        case "Fn::If": return choose(argument, depth: depth)
        default: return .opaque("\(call.name) at \(node.position)")
        }
    }

    /// `!Sub x` and `{"Fn::Sub": x}`.
    static func call(_ node: ManifestNode) -> (name: String, argument: ManifestNode)? {
        if let tag = node.tag, tag.hasPrefix("!"), tag.count > 1 {
            let name = String(tag.dropFirst())
            return (
                name == "Ref" || name == "Condition" ? name : "Fn::" + name,
                ManifestNode(node.content, at: node.position)
            )
        }
        guard let members = node.map, members.count == 1, let only = members.first else { return nil }
        return only.key == "Ref" || only.key.hasPrefix("Fn::") ? (only.key, only.value) : nil
    }

    /// Text with references spelled as `${NAME}`, for names that are put together.
    static func spelled(_ value: BoundValue) -> String {
        value.pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .opaque(let spelling): "${\(spelling)}"
            // Colons part an ARN.
            case .reference(let reference, _, _): "${\(reference.name.replacing("::", with: "."))}"
            }
        }.joined()
    }

    private func ref(_ name: String, depth: Int) -> BoundValue? {
        if name == "AWS::NoValue" { return nil }
        if let text = chosen[name] { return .literal(text) }
        guard let parameter = parameters[name] else {
            return .reference(SecretReference(.template, name, scope: name.hasPrefix("AWS::") ? nil : file))
        }
        let type = parameter["Type"]?.scalar?.text ?? ""
        let word = parameter["Default"]?.scalar?.text
        if type.hasPrefix("AWS::SSM::Parameter::Value"), let word {
            return .reference(SecretReference(.parameterStore, AmazonSecretName.parameter(word)))
        }
        return .reference(
            SecretReference(.template, name, scope: file), default: word.map { dynamic(.literal($0)) },
            emptyCounts: false)
    }

    private func sub(_ argument: ManifestNode, depth: Int) -> BoundValue? {
        var own: [String: ManifestNode] = [:]
        var template = argument.scalar?.text
        if let list = argument.list, list.count == 2 {
            template = list[0].scalar?.text
            own = Self.dictionary(list[1])
        }
        guard let template else { return .opaque("Fn::Sub at \(argument.position)") }
        var result = BoundValue.empty
        var rest = template[...]
        while let open = rest.firstRange(of: "${"), let close = rest[open.upperBound...].firstIndex(of: "}") {
            result = result + .literal(String(rest[..<open.lowerBound]))
            let name = rest[open.upperBound..<close].trimmingBlanks
            rest = rest[rest.index(after: close)...]
            if name.hasPrefix("!") {
                result = result + .literal("${\(name.dropFirst())}")
            } else if let node = own[name] {
                result = result + (value(node, depth: depth + 1) ?? .empty)
            } else if name.contains("."), !name.hasPrefix("AWS::") {
                result = result + .reference(SecretReference(.template, name, scope: file))
            } else {
                result = result + (ref(name, depth: depth + 1) ?? .empty)
            }
        }
        return dynamic(result + .literal(String(rest)))
    }

    private func join(_ argument: ManifestNode, depth: Int) -> BoundValue? {
        guard let list = argument.list, list.count == 2, let sign = list[0].scalar?.text, let parts = list[1].list
        else {
            return .opaque("Fn::Join at \(argument.position)")
        }
        var result = BoundValue.empty
        for (index, part) in parts.enumerated() {
            if index > 0 { result = result + .literal(sign) }
            result = result + (value(part, depth: depth + 1) ?? .empty)
        }
        return dynamic(result)
    }

    private func find(_ argument: ManifestNode, depth: Int) -> BoundValue? {
        guard let list = argument.list, list.count >= 3 else { return .opaque("Fn::FindInMap at \(argument.position)") }
        let keys = list.prefix(3).map { value($0, depth: depth + 1) }
        guard let map = keys[0]?.literal, let first = keys[1]?.literal, let second = keys[2]?.literal,
            let found = root["Mappings"]?[map]?[first]?[second]
        else {
            return .opaque("Fn::FindInMap " + keys.map { $0.map(Self.spelled) ?? "" }.joined(separator: "."))
        }
        return value(found, depth: depth + 1)
    }

    private func choose(_ argument: ManifestNode, depth: Int) -> BoundValue? {
        guard let list = argument.list, list.count == 3, let name = list[0].scalar?.text else {
            return .opaque("Fn::If at \(argument.position)")
        }
        let yes = value(list[1], depth: depth + 1)
        let no = value(list[2], depth: depth + 1)
        if let holds = condition(name, depth: depth + 1) { return holds ? yes : no }
        return yes == no ? yes : .opaque("Fn::If at \(argument.position)")
    }

    /// Nil where it depends on what is not known.
    private func condition(_ name: String, depth: Int) -> Bool? {
        root["Conditions"]?[name].flatMap { holds($0, depth: depth) }
    }

    private func holds(_ node: ManifestNode, depth: Int) -> Bool? {
        guard depth < Self.depthLimit, budget.take() else { return nil }
        if let name = node["Condition"]?.scalar?.text { return condition(name, depth: depth + 1) }
        guard let call = Self.call(node) else { return nil }
        if call.name == "Condition" { return call.argument.scalar.flatMap { condition($0.text, depth: depth + 1) } }
        let arguments = call.argument.list ?? []
        switch call.name {
        case "Fn::Equals":
            guard arguments.count == 2, let a = value(arguments[0], depth: depth + 1),
                let b = value(arguments[1], depth: depth + 1)
            else { return nil }
            if a == b { return true }
            guard let a = a.literal, let b = b.literal else { return nil }
            return a == b
        case "Fn::Not": return arguments.first.flatMap { holds($0, depth: depth + 1) }.map { !$0 }
        case "Fn::And", "Fn::Or":
            let parts = arguments.map { holds($0, depth: depth + 1) }
            let decides = call.name == "Fn::Or"
            if parts.contains(where: { $0 == decides }) { return decides }
            return parts.contains { $0 == nil } ? nil : !decides
        default: return nil
        }
    }

    /// With `{{resolve:…}}` followed.
    private func dynamic(_ value: BoundValue) -> BoundValue { AmazonDynamicReference.followed(value, secretName) }

    /// What `valueFrom` names: an ARN, a parameter's name, or a resource of this template.
    func secret(_ node: ManifestNode) -> BoundValue {
        guard let value = value(node) else { return .empty }
        return AmazonDynamicReference.place(value, secretName)
    }

    /// A Secret or Parameter of this template as the place that it is, by what `Ref` or `GetAtt` says.
    private func secretName(_ reference: SecretReference) -> SecretReference? {
        guard reference.store == .template else { return nil }
        let name = reference.name.split(separator: ".").first.map(String.init) ?? reference.name
        guard let resource = resources[name] else { return nil }
        let own = SecretReference(.template, name, scope: file)
        switch resource["Type"]?.scalar?.text {
        case "AWS::SecretsManager::Secret":
            guard let text = resource["Properties"]?["Name"].flatMap({ value($0) }) else { return own }
            return AmazonSecretName.secret(Self.spelled(text))
        case "AWS::SSM::Parameter":
            guard let text = resource["Properties"]?["Name"].flatMap({ value($0) }) else { return own }
            return SecretReference(.parameterStore, AmazonSecretName.parameter(Self.spelled(text)))
        // It hands on the secret that it names.
        case "AWS::SecretsManager::SecretTargetAttachment":
            guard let secret = resource["Properties"]?["SecretId"].flatMap({ value($0) })?.reference,
                secret.name != reference.name
            else { return own }
            return secretName(secret) ?? own
        default: return nil
        }
    }
}
