import Evidence

/// `${self:…}`, `${env:…}`, `${opt:…}`, `${ssm:…}`, `${file(…):…}` and the like (Serverless Framework, Variables), inner
/// ones first, with what follows a comma in place of what is not there.
struct ServerlessVariables {
    private static let depthLimit = 24

    let root: ManifestNode
    let path: String
    let stage: String?
    let tree: SourceTree
    private let budget = ReadingBudget(100_000)

    init(root: ManifestNode, path: String, stage: String?, tree: SourceTree) {
        self.root = root
        self.path = path
        self.stage = stage
        self.tree = tree
    }

    private enum Found {
        case node(ManifestNode)
        case value(BoundValue)
        case nothing
    }

    func value(_ node: ManifestNode) -> BoundValue { value(node, depth: 0) }

    /// The members of a mapping, also where a variable brings it.
    func members(_ node: ManifestNode?) -> (members: [ManifestNode.Member], gap: Gap?) {
        guard let node, !node.isNull else { return ([], nil) }
        if let members = node.map { return (members, nil) }
        if let text = node.scalar?.text, let inner = Self.whole(text), case .node(let found) = find(inner, depth: 0),
            let members = found.map
        {
            return (members, nil)
        }
        return ([], Gap("its variables come from an expression", at: node.position))
    }

    private func value(_ node: ManifestNode, depth: Int) -> BoundValue {
        if let text = node.scalar?.text { return fill(text, depth: depth) }
        // CloudFormation's functions may stand here too.
        return CloudFormationTemplate(root["resources"] ?? root, file: path).value(node) ?? .empty
    }

    /// The inside of a text that is one variable and nothing else.
    private static func whole(_ text: String) -> String? {
        guard text.hasPrefix("${"), let end = end(of: text.dropFirst(2)), text.index(after: end) == text.endIndex else {
            return nil
        }
        return String(text[text.index(text.startIndex, offsetBy: 2)..<end])
    }

    /// The brace that closes what `text` is the inside of.
    private static func end(of text: Substring) -> String.Index? {
        var depth = 1
        var index = text.startIndex
        while index < text.endIndex {
            if text[index] == "{" { depth += 1 }
            if text[index] == "}" { depth -= 1 }
            if depth == 0 { return index }
            index = text.index(after: index)
        }
        return nil
    }

    private func fill(_ text: String, depth: Int) -> BoundValue {
        guard depth < Self.depthLimit, budget.take() else { return .opaque("a nested variable") }
        var result = BoundValue.empty
        var rest = text[...]
        while let open = rest.firstRange(of: "${"), let close = Self.end(of: rest[open.upperBound...]) {
            result = result + .literal(String(rest[..<open.lowerBound]))
            let inner = String(rest[open.upperBound..<close])
            switch find(inner, depth: depth + 1) {
            case .value(let value): result = result + value
            case .node(let node):
                result =
                    result + (node.scalar == nil ? .opaque("${\(Self.address(inner))}") : value(node, depth: depth + 1))
            case .nothing: result = result + .opaque("${\(Self.address(inner))}")
            }
            rest = rest[rest.index(after: close)...]
        }
        return result + .literal(String(rest))
    }

    /// For messages: what comes before a default, which may be a secret.
    private static func address(_ inner: String) -> String { String(inner.prefix { $0 != "," }) }

    private func find(_ inner: String, depth: Int) -> Found {
        guard depth < Self.depthLimit, budget.take() else { return .nothing }
        let parts = Self.alternatives(inner)
        guard let first = parts.first else { return .nothing }
        let found = one(first, depth: depth)
        let rest = parts.dropFirst().joined(separator: ",")
        switch found {
        case .nothing: return rest.isEmpty ? .nothing : find(rest, depth: depth + 1)
        case .value(let value):
            guard !rest.isEmpty, let reference = value.reference, value.fallback == nil,
                case .value(let word) = scalar(find(rest, depth: depth + 1), depth: depth)
            else { return found }
            return .value(.reference(reference, default: word, emptyCounts: false))
        case .node: return found
        }
    }

    private func scalar(_ found: Found, depth: Int) -> Found {
        guard case .node(let node) = found, node.scalar != nil else { return found }
        return .value(value(node, depth: depth + 1))
    }

    /// At commas outside braces and quotes.
    private static func alternatives(_ text: String) -> [String] {
        var parts = [""]
        var depth = 0
        var quote: Character?
        for character in text {
            if let open = quote {
                if character == open { quote = nil }
            } else if character == "'" || character == "\"" {
                quote = character
            } else if character == "{" || character == "(" {
                depth += 1
            } else if character == "}" || character == ")" {
                depth -= 1
            }
            if character == ",", depth == 0, quote == nil {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
        }
        return parts.map(\.trimmingBlanks).filter { !$0.isEmpty }
    }

    private func one(_ text: String, depth: Int) -> Found {
        if let quote = text.first, quote == "'" || quote == "\"", text.count > 1, text.last == quote {
            return .value(fill(String(text.dropFirst().dropLast()), depth: depth + 1))
        }
        var address = text
        if text.contains("${") {
            let filled = fill(text, depth: depth + 1)
            guard let known = filled.literal else { return .value(.opaque("${\(Self.address(text))}")) }
            address = known
        }
        guard let colon = address.firstIndex(of: ":") else {
            // `true`, a number; anything else is an address in a form of an older version.
            return address.allSatisfy { $0.isNumber || $0 == "." } || address == "true" || address == "false"
                ? .value(.literal(address)) : .nothing
        }
        let kind = address[..<colon]
        let name = String(address[address.index(after: colon)...]).trimmingBlanks
        switch kind.prefix(while: { $0 != "(" }) {
        case "self": return walk(root, name, depth: depth)
        case "opt" where name == "stage": return stage.map { .value(.literal($0)) } ?? .nothing
        case "opt": return .nothing
        case "sls" where name == "stage":
            if let stage { return .value(.literal(stage)) }
            return root["provider"]?["stage"].map { .value(value($0, depth: depth + 1)) } ?? .value(.literal("dev"))
        case "env": return .value(.reference(SecretReference(.variable, name)))
        case "ssm": return .value(.reference(Self.parameter(name)))
        case "param": return parameter(name, depth: depth)
        case "file": return file(String(kind), name, depth: depth)
        case "cf": return .value(.reference(SecretReference(.template, "import " + name)))
        case "s3", "aws", "git", "terraform", "vault", "doppler":
            return .value(.reference(SecretReference(.template, address)))
        default: return .nothing
        }
    }

    /// `/aws/reference/secretsmanager/NAME` is a secret by the way of Parameter Store.
    private static func parameter(_ name: String) -> SecretReference {
        let bare = name.hasSuffix("~true") ? String(name.dropLast(5)) : name
        let prefix = "/aws/reference/secretsmanager/"
        return bare.hasPrefix(prefix)
            ? AmazonSecretName.secret(String(bare.dropFirst(prefix.count)))
            : SecretReference(.parameterStore, AmazonSecretName.parameter(bare))
    }

    private func walk(_ node: ManifestNode, _ path: String, depth: Int) -> Found {
        var node = node
        for name in path.split(separator: ".").map(String.init) {
            if let text = node.scalar?.text, let inner = Self.whole(text),
                case .node(let other) = find(inner, depth: depth + 1)
            {
                node = other
            }
            guard
                let next = node[name]
                    ?? Int(name).flatMap({ index in node.list.flatMap { $0.indices.contains(index) ? $0[index] : nil } }
                    )
            else {
                // The stage on the command line is what `provider.stage` is, whatever stands there.
                return .nothing
            }
            node = next
        }
        if path == "provider.stage", let stage { return .value(.literal(stage)) }
        if let text = node.scalar?.text, let inner = Self.whole(text) { return find(inner, depth: depth + 1) }
        return .node(node)
    }

    private func parameter(_ name: String, depth: Int) -> Found {
        let tables = [stage, "default"].compactMap { $0 }.flatMap {
            [root["params"]?[$0], root["stages"]?[$0]?["params"]]
        }
        for table in tables {
            if let node = table?[name] { return .value(value(node, depth: depth + 1)) }
        }
        return .value(.reference(SecretReference(.template, "param " + name, scope: path)))
    }

    /// `${file(./config.yml):a.b}`
    private func file(_ kind: String, _ name: String, depth: Int) -> Found {
        let inside = kind.dropFirst(5).dropLast()
        guard let target = SourceTree.resolve(String(inside), in: SourceTree.folder(of: path)),
            let text = try? tree.text(target), let document = try? ManifestNode.documents(text, file: target).first
        else { return .nothing }
        return walk(document, name, depth: depth + 1)
    }
}
