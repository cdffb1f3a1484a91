import Evidence

/// Names and what they stand for in a module, a type or a function.
final class Scope {
    enum Kind {
        case module
        case function(Function)
        case type(TypeDeclaration)
    }

    struct Binding {
        /// Nil for a parameter, whose value callers know.
        let value: Expression?
        let parameter: Function.Parameter?
        let position: SourcePosition
        /// Where a field gets its value, if not in its type's own body: a constructor knows names that the type does not.
        var home: Scope?
    }

    let kind: Kind
    let parent: Scope?
    /// By name, and by dotted spelling where a member is assigned (`app.config.SECRET_KEY`). In a type: its fields.
    private(set) var bindings: [String: [Binding]] = [:]
    /// The order in which the names are bound first.
    private(set) var names: [String] = []
    var functions: [String: Function] = [:]
    var types: [String: TypeDeclaration] = [:]
    var imports: [String: ImportedName] = [:]
    /// Names without whose value the code stops (`if not SECRET: raise`).
    var required: Set<String> = []
    /// Names that are asked for no value at all, so that an empty one is a value (`if SECRET is None:`).
    var absenceChecked: Set<String> = []

    init(_ kind: Kind, parent: Scope?) {
        self.kind = kind
        self.parent = parent
    }

    func bind(_ name: String, _ binding: Binding) {
        if bindings[name] == nil { names.append(name) }
        bindings[name, default: []].append(binding)
    }

    /// The nearest scope that knows the name.
    func holder(of name: String) -> Scope? {
        var scope: Scope? = self
        while let here = scope {
            if here.bindings[name] != nil || here.functions[name] != nil || here.types[name] != nil
                || here.imports[name] != nil
            {
                return here
            }
            scope = here.parent
        }
        return nil
    }

    /// The type whose method this is, or is in.
    var type: Scope? {
        var scope: Scope? = self
        while let here = scope {
            if case .type = here.kind { return here }
            scope = here.parent
        }
        return nil
    }

    /// The function around, nil in a module's or type's own statements.
    var function: Function? {
        var scope: Scope? = self
        while let here = scope {
            if case .function(let function) = here.kind, !function.name.isEmpty { return function }
            if case .type = here.kind { return nil }
            scope = here.parent
        }
        return nil
    }

    var isFunction: Bool { if case .function = kind { true } else { false } }
}
