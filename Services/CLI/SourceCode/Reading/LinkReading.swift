import Evidence

/// Finds what a file takes from others, and which of its names stand on which.
struct LinkReading {
    private var links = SourceLinks()

    /// Names of one symbol; a table of thousands is data.
    private static let mentionLimit = 2000

    static func links(of statements: [Statement]) -> SourceLinks {
        var reading = LinkReading()
        for statement in statements { reading.read(statement) }
        return reading.links
    }

    private mutating func read(_ statement: Statement) {
        switch statement {
        case .imports(let names):
            links.imports += names.map {
                SourceLinks.Import(
                    local: $0.local, module: $0.module, original: $0.original == "default" ? nil : $0.original)
            }
        case .function(let function):
            add(function.name, at: function.decorators.first?.position ?? function.position, [statement])
        case .type(let type): add(type.name, at: type.decorators.first?.position ?? type.position, [statement])
        case .bind(let targets, let value, let position):
            guard let value else { return }
            if let (module, member) = Self.required(value) {
                return addImports(targets, module: module, member: member)
            }
            guard targets.count == 1, let name = Self.exported(targets[0]) else { return mention([statement]) }
            add(name, at: position, [.expression(value)])
        case .expression(let expression):
            guard case .assign(let target, let value) = expression.kind, let name = Self.exported(target) else {
                return mention([statement])
            }
            add(name, at: expression.position, [.expression(value)])
        case .block(let inner): for statement in inner { read(statement) }
        case .conditional(_, let then, let otherwise): for statement in then + otherwise { read(statement) }
        case .returned, .failed: mention([statement])
        }
    }

    private mutating func add(_ name: String, at position: SourcePosition, _ body: [Statement]) {
        var names = Names(limit: Self.mentionLimit)
        names.add(body)
        links.symbols.append(SourceLinks.Symbol(name, at: position, mentions: names.found))
    }

    private mutating func mention(_ statements: [Statement]) {
        var names = Names(limit: Self.mentionLimit - links.mentions.count)
        names.add(statements)
        links.mentions.formUnion(names.found)
    }

    // MARK: CommonJS

    /// `require('x')` and `require('x').y`.
    private static func required(_ value: Expression) -> (module: String, member: String?)? {
        switch value.kind {
        case .call(let callee, let arguments) where callee.name == "require":
            arguments.first?.value.text.map { ($0, nil) }
        case .member(let object, let member):
            required(object).flatMap { $0.member == nil ? ($0.module, member) : nil }
        default: nil
        }
    }

    private mutating func addImports(_ targets: [Expression], module: String, member: String?) {
        for target in targets {
            if let name = target.name {
                links.imports.append(.init(local: name, module: module, original: member))
            } else if member == nil, let entries = target.entries {
                for entry in entries {
                    guard let key = entry.key else { continue }
                    links.imports.append(.init(local: entry.value.name ?? key, module: module, original: key))
                }
            }
        }
    }

    /// `x`, `exports.x`, `module.exports.x`; `default` for `module.exports`.
    private static func exported(_ target: Expression) -> String? {
        if let name = target.name { return name }
        guard let path = target.path else { return nil }
        if path == "module.exports" || path == "exports.default" { return "default" }
        for prefix in ["module.exports.", "exports."] where path.hasPrefix(prefix) {
            let name = path.dropFirst(prefix.count)
            return name.contains(".") ? nil : String(name)
        }
        return nil
    }
}

/// The names that occur in statements.
private struct Names {
    private(set) var found: Set<String> = []
    let limit: Int

    init(limit: Int) { self.limit = limit }

    mutating func add(_ statements: [Statement]) {
        for statement in statements {
            guard found.count < limit else { return }
            switch statement {
            case .expression(let expression), .returned(let expression): add(expression)
            case .failed(let expression): if let expression { add(expression) }
            case .bind(_, let value, _): if let value { add(value) }
            case .function(let function): add(function)
            case .type(let type):
                for expression in type.decorators + type.bases { add(expression) }
                add(type.body)
            case .imports: break
            case .conditional(let condition, let then, let otherwise):
                add(condition)
                add(then)
                add(otherwise)
            case .block(let inner): add(inner)
            }
        }
    }

    private mutating func add(_ function: Function) {
        for expression in function.decorators { add(expression) }
        for parameter in function.parameters {
            if let fallback = parameter.fallback { add(fallback) }
            if let type = parameter.type { found.insert(type) }
        }
        add(function.body)
    }

    private mutating func add(_ expression: Expression) {
        guard found.count < limit else { return }
        switch expression.kind {
        case .name(let name): found.insert(name)
        case .member(let object, let member): if let name = object.name { found.insert(name + "." + member) }
        case .function(let function): add(function)
        default: break
        }
        for child in expression.children { add(child) }
    }
}
