import Evidence

extension FileReading {
    /// An expression with its imports resolved, for asking which library's function it is: `os.getenv`, `jose.jwt.encode`.
    func canonical(_ expression: Expression, in scope: Scope, depth: Int = 0) -> String? {
        depth < 12 ? bounded { canonicalName(expression, in: scope, depth: depth) } : nil
    }

    private func canonicalName(_ expression: Expression, in scope: Scope, depth: Int) -> String? {
        switch expression.kind {
        case .name(let name):
            guard let holder = scope.holder(of: name) else { return name }
            if let imported = holder.imports[name] {
                guard let original = imported.original, original != "default" else { return imported.module }
                return imported.module + "." + original
            }
            // `getenv = os.environ.get`, `env = environ.Env()`
            guard let bindings = holder.bindings[name], bindings.count == 1, let value = bindings[0].value,
                value.path != name, let original = canonical(value, in: holder, depth: depth + 1)
            else { return name }
            return original
        case .member(let object, let member):
            return canonical(object, in: scope, depth: depth + 1).map { $0 + "." + member }
        case .call(let callee, let arguments):
            // `require('jsonwebtoken').sign`, `__import__("os").environ`
            if let name = callee.name, name == "require" || name == "__import__",
                let module = arguments.first?.value.text
            {
                return module
            }
            if let name = callee.name, name == "promisify", let function = arguments.first {
                return canonical(function.value, in: scope, depth: depth + 1)
            }
            return canonical(callee, in: scope, depth: depth + 1).map { $0 + "()" }
        default: return nil
        }
    }

    /// The name that a key has in the code, by which a read in another file is found: imports under their original name,
    /// names of this file that stand for another name followed to that one. Empty for a text and what has no name.
    func keyName(_ expression: Expression, in scope: Scope, depth: Int = 0) -> String {
        depth < 12 ? bounded { name(of: expression, in: scope, depth: depth) } ?? "" : ""
    }

    private func name(of expression: Expression, in scope: Scope, depth: Int) -> String {
        if dialect.variable(expression, in: scope, of: self) != nil { return "" }
        if let same = dialect.same(expression, in: scope, of: self) {
            return keyName(same, in: scope, depth: depth + 1)
        }
        switch expression.kind {
        case .name(let name):
            guard let holder = scope.holder(of: name) else { return name }
            if let imported = holder.imports[name] {
                return imported.original.flatMap { $0 == "default" ? nil : $0 } ?? imported.local
            }
            let values = holder.bindings[name]?.compactMap(\.value) ?? []
            if values.count == 1, holder.bindings[name]?.count == 1, isName(values[0], in: holder) {
                let followed = keyName(values[0], in: holder, depth: depth + 1)
                if !followed.isEmpty { return followed }
            }
            return name
        case .member(let object, let member):
            if let name = object.name, name == "self" || name == "this", let type = scope.type,
                case .type(let declaration) = type.kind
            {
                let values = type.bindings[member]?.compactMap(\.value) ?? []
                if values.count == 1, isName(values[0], in: type) {
                    let inner = declaration.body.lazy.compactMap { statement -> Scope? in
                        if case .function(let function) = statement,
                            ["__init__", "constructor"].contains(function.name)
                        {
                            return self.scope(of: function)
                        }
                        return nil
                    }.first
                    let followed = keyName(values[0], in: inner ?? type, depth: depth + 1)
                    if !followed.isEmpty { return followed }
                }
                return declaration.name + "." + member
            }
            let owner = keyName(object, in: scope, depth: depth + 1)
            return owner.isEmpty ? member : owner + "." + member
        case .index(let object, let index):
            guard let text = string(index, in: scope) else { return keyName(object, in: scope, depth: depth + 1) }
            let owner = keyName(object, in: scope, depth: depth + 1)
            return owner.isEmpty ? text : owner + "." + text
        case .call(let callee, _):
            let name = keyName(callee, in: scope, depth: depth + 1)
            return name.isEmpty ? "" : name + "()"
        case .either(let list, _):
            return list.lazy.map { self.keyName($0, in: scope, depth: depth + 1) }.first { !$0.isEmpty } ?? ""
        case .choice(_, let then, let otherwise):
            let name = keyName(then, in: scope, depth: depth + 1)
            return name.isEmpty ? keyName(otherwise, in: scope, depth: depth + 1) : name
        case .assign(_, let value): return keyName(value, in: scope, depth: depth + 1)
        default: return ""
        }
    }

    /// Whether a value is another's name, and neither a read nor made here.
    private func isName(_ value: Expression, in scope: Scope) -> Bool {
        bounded { isPlainName(value, in: scope) } ?? false
    }

    private func isPlainName(_ value: Expression, in scope: Scope) -> Bool {
        if dialect.variable(value, in: scope, of: self) != nil { return false }
        if let same = dialect.same(value, in: scope, of: self) { return isName(same, in: scope) }
        switch value.kind {
        case .name(let name): return !Self.absent.contains(name)
        case .member, .index: return true
        case .call(let callee, _):
            // An instance is known by its own name (`settings = Settings()`), and so is what a module holds for others;
            // what a function gives to another by that function's.
            let last =
                switch callee.kind {
                case .name(let name), .member(_, let name): name
                default: ""
                }
            return scope.isFunction && last.first?.isUppercase == false
        default: return false
        }
    }

    /// For messages and for `loader`: names and brackets, without a text of the code.
    func spelling(_ expression: Expression, in scope: Scope) -> String {
        switch expression.kind {
        case .call(let callee, _): spelling(callee, in: scope) + "()"
        case .member(let object, let member): spelling(object, in: scope) + "." + member
        case .index(let object, let index): spelling(object, in: scope) + (index.text.map { "." + $0 } ?? "[…]")
        case .name(let name):
            scope.holder(of: name)?.imports[name].flatMap { $0.original == "default" ? nil : $0.original } ?? name
        default: "an expression"
        }
    }

    // MARK: plain values

    /// The text that an expression is, through names of this file and defaults.
    func string(_ expression: Expression, in scope: Scope, depth: Int = 0) -> String? {
        depth < 8 ? bounded { text(of: expression, in: scope, depth: depth) } : nil
    }

    private func text(of expression: Expression, in scope: Scope, depth: Int) -> String? {
        switch expression.kind {
        case .text(let text): return text
        case .name(let name):
            guard let holder = scope.holder(of: name), let bindings = holder.bindings[name], bindings.count == 1,
                let value = bindings[0].value
            else { return nil }
            return string(value, in: holder, depth: depth + 1)
        case .either(let list, _): return list.last.flatMap { string($0, in: scope, depth: depth + 1) }
        default:
            if let read = dialect.variable(expression, in: scope, of: self) {
                return read.fallback.flatMap { string($0, in: scope, depth: depth + 1) }
            }
            if let same = dialect.same(expression, in: scope, of: self) {
                return string(same, in: scope, depth: depth + 1)
            }
            if case .member(let object, let member) = expression.kind, let type = type(of: object, in: scope),
                let inner = self.scope(of: type)
            {
                if let read = dialect.field(member, of: type, in: inner, of: self) {
                    return read.fallback.flatMap { string($0, in: inner, depth: depth + 1) }
                }
                return inner.bindings[member]?.first?.value.flatMap { string($0, in: inner, depth: depth + 1) }
            }
            if case .member(let object, let member) = expression.kind, let entries = entries(of: object, in: scope),
                let value = entries[member]
            {
                return string(value, in: scope, depth: depth + 1)
            }
            return nil
        }
    }

    /// The texts of a list, or the one text.
    func strings(_ expression: Expression?, in scope: Scope) -> [String] {
        guard let expression else { return [] }
        if case .list(let list) = expression.kind { return list.compactMap { string($0, in: scope) } }
        if let text = string(expression, in: scope) { return [text] }
        if let name = expression.name, let holder = scope.holder(of: name), let bindings = holder.bindings[name],
            bindings.count == 1, case .list(let list)? = bindings[0].value?.kind
        {
            return list.compactMap { string($0, in: holder) }
        }
        return []
    }

    /// A number, through arithmetic, names of this file and defaults (`int(os.getenv("X", "15")) * 60`).
    func number(_ expression: Expression, in scope: Scope, depth: Int = 0) -> Double? {
        depth < 12 ? bounded { value(of: expression, in: scope, depth: depth) } : nil
    }

    private func value(of expression: Expression, in scope: Scope, depth: Int) -> Double? {
        switch expression.kind {
        case .number(let text):
            return Double(text.filter { $0 != "_" && $0 != "n" && $0 != "L" })
        case .text(let text): return Double(text)
        case .name(let name):
            guard let holder = scope.holder(of: name), let bindings = holder.bindings[name], bindings.count == 1,
                let value = bindings[0].value
            else { return nil }
            return number(value, in: holder, depth: depth + 1)
        case .operation("*", let operands):
            let values = operands.compactMap { number($0, in: scope, depth: depth + 1) }
            return values.count == operands.count ? values.reduce(1, *) : nil
        case .operation("/", let operands) where operands.count == 2:
            guard let a = number(operands[0], in: scope, depth: depth + 1),
                let b = number(operands[1], in: scope, depth: depth + 1), b != 0
            else { return nil }
            return a / b
        case .either(let list, _): return list.last.flatMap { number($0, in: scope, depth: depth + 1) }
        case .call(let callee, let arguments):
            if let read = dialect.variable(expression, in: scope, of: self) {
                return read.fallback.flatMap { number($0, in: scope, depth: depth + 1) }
            }
            guard ["int", "float", "Number", "parseInt", "parseFloat"].contains(callee.name ?? "") else { return nil }
            return arguments.first.flatMap { number($0.value, in: scope, depth: depth + 1) }
        default:
            return dialect.variable(expression, in: scope, of: self)?.fallback
                .flatMap { number($0, in: scope, depth: depth + 1) }
        }
    }
}
