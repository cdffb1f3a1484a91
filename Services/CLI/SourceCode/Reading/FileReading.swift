import Evidence

/// The reading of one file: its scopes, and the facts as they are found.
final class FileReading {
    let file: String
    let dialect: any Dialect
    let statements: [Statement]
    let root: Scope
    private let scopes: [ObjectIdentifier: Scope]
    var facts: SourceFacts
    /// Whether the file builds a stack of AWS CDK.
    private(set) lazy var isCloudStack = CloudKit.isStack(self)
    /// Reads whose name is a function's own.
    private var locals: Set<SecretRead> = []
    /// Variables' names that a read in `facts` holds already.
    private var told: Set<SourcePosition> = []
    /// How many questions are being answered within each other, and how many the outermost one came to: names may lead
    /// in circles that no single question sees.
    private var nesting = 0
    private var steps = 0
    private static let nestingLimit = 48
    private static let stepLimit = 4000
    /// Names that are being followed: a name that is bound to itself ends there.
    var following: Set<String> = []

    init(_ statements: [Statement], file: String, dialect: any Dialect) {
        self.file = file
        self.dialect = dialect
        self.statements = statements
        let builder = ScopeBuilder(statements)
        root = builder.root
        scopes = builder.scopes
        facts = SourceFacts(file: file, language: dialect.language)
    }

    func read() -> SourceFacts {
        visit(statements, in: root)
        // A name within a function is no news where the function gives all of it under its own name.
        facts.reads = facts.reads.filter { read in
            !locals.contains(read)
                || !facts.reads.contains { other in
                    other != read && !locals.contains(other)
                        && Set(read.expression.alternatives.map(\.position))
                            .isSubset(of: other.expression.alternatives.map(\.position))
                }
        }
        facts.reads.sort { $0.position < $1.position }
        facts.uses.sort { $0.position < $1.position }
        facts.environmentReads.sort { $0.position < $1.position }
        facts.durations.sort { $0.position < $1.position }
        return facts
    }

    /// Answers with `body`, or with nil where questions lead to questions without end.
    func bounded<Answer>(_ body: () -> Answer?) -> Answer? {
        if nesting == 0 { steps = 0 }
        steps += 1
        guard nesting < Self.nestingLimit, steps < Self.stepLimit else { return nil }
        nesting += 1
        defer { nesting -= 1 }
        return body()
    }

    func scope(of function: Function) -> Scope? { scopes[ObjectIdentifier(function)] }
    func scope(of type: TypeDeclaration) -> Scope? { scopes[ObjectIdentifier(type)] }

    // MARK: walking

    private func visit(_ statements: [Statement], in scope: Scope) {
        // Names first: what is bound is told with its name, and not a second time as an expression.
        if case .function = scope.kind {} else { tellNames(of: scope) }
        walk(statements, in: scope)
    }

    private func walk(_ statements: [Statement], in scope: Scope) {
        for statement in statements {
            switch statement {
            case .expression(let expression): visit(expression, in: scope)
            case .returned(let expression):
                tellReturn(expression, in: scope)
                visit(expression, in: scope)
            case .failed(let expression): if let expression { visit(expression, in: scope) }
            case .bind(let targets, let value, _):
                for target in targets {
                    guard let value, let name = target.path else { continue }
                    dialect.visit(binding: name, to: value, at: target.position, in: scope, of: self)
                }
                if let value { visit(value, in: scope) }
            case .function(let function): visit(function, in: scope)
            case .type(let type):
                for decorator in type.decorators { visit(decorator, in: scope) }
                guard let inner = self.scope(of: type) else { continue }
                tellFields(of: type, in: inner)
                dialect.visit(type, in: inner, of: self)
                visit(type.body, in: inner)
            case .imports: break
            case .conditional(let condition, let then, let otherwise):
                markAsked(condition, in: scope, depth: 0)
                visit(condition, in: scope)
                walk(then, in: scope)
                walk(otherwise, in: scope)
            case .block(let inner): walk(inner, in: scope)
            }
        }
    }

    private func visit(_ function: Function, in scope: Scope) {
        guard let inner = self.scope(of: function) else { return }
        tellNames(of: inner)
        for decorator in function.decorators { visit(decorator, in: scope) }
        for parameter in function.parameters {
            if let fallback = parameter.fallback {
                tell(fallback, as: parameter.name, in: scope)
                visit(fallback, in: scope)
            }
        }
        walk(function.body, in: inner)
    }

    private func visit(_ expression: Expression, in scope: Scope) {
        if case .function(let function) = expression.kind {
            visit(function, in: scope)
            return
        }
        if case .assign(let target, let value) = expression.kind, let name = target.path {
            dialect.visit(binding: name, to: value, at: target.position, in: scope, of: self)
        }
        dialect.visit(expression, in: scope, of: self)
        if case .choice(let condition, _, _) = expression.kind { markAsked(condition, in: scope, depth: 0) }
        let whole = dialect.same(expression, in: scope, of: self) ?? expression
        if case .either = whole.kind { tellEnvironment(whole, in: scope) }
        if case .call = expression.kind, dialect.isAsymmetric(expression, in: scope, of: self) {
            markPublic(expression, in: scope, depth: 0)
        }
        if let read = dialect.variable(expression, in: scope, of: self) {
            tellEnvironment(read, in: scope)
            if read.names.contains(where: SigningSecretName.isOfInterest) { tell(expression, as: "", in: scope) }
        }
        for child in expression.children { visit(child, in: scope) }
    }

    // MARK: reads

    private func tellNames(of scope: Scope) {
        for name in scope.names {
            // A variable that the code sets for others is no read.
            if name.hasPrefix("os.environ.") || name.hasPrefix("process.env.") { continue }
            guard let bindings = scope.bindings[name], let first = bindings.first(where: { $0.value != nil }) else {
                continue
            }
            if let value = first.value { tellEnvironment(value, in: scope) }
            if case .object(let entries)? = first.value?.kind {
                tellEntries(entries, of: Self.exported(name), in: scope, depth: 0)
            }
            if case .function(let function)? = first.value?.kind {
                // `const getSecret = () => …` is a function like any other.
                guard LoaderNames.speaksOfLoading(name + "()") || SigningSecretName.isOfInterest(name),
                    let followed = follow(returnsOf: function)
                else { continue }
                tell(
                    followed, as: Self.exported(boundName(name, in: scope)) + "()", word: name, at: first.position,
                    isLoader: true)
                continue
            }
            guard let followed = follow(bindings: bindings, of: name, in: scope) else { continue }
            let bound = boundName(name, in: scope)
            let isAlias =
                first.value.map { $0.path != nil && dialect.variable($0, in: scope, of: self) == nil } ?? false
            if scope.isFunction, isAlias, bindings.count == 1 { continue }
            tell(
                followed, as: Self.exported(bound), word: name, at: first.position,
                isLocal: scope.isFunction && !name.contains("."))
        }
    }

    /// What a module exports goes by its own name elsewhere.
    private static func exported(_ name: String) -> String {
        for prefix in ["module.exports", "exports", "default"] {
            if name == prefix { return "" }
            if name.hasPrefix(prefix + ".") { return String(name.dropFirst(prefix.count + 1)) }
        }
        return name
    }

    /// `TokenService.secret` for a field, the bare name elsewhere.
    private func boundName(_ name: String, in scope: Scope) -> String {
        if case .type(let type) = scope.kind { return type.name + "." + name }
        return name
    }

    /// `config = { jwt: { secret: … } }`, each under its path.
    func tellEntries(_ entries: [Expression.Entry], of name: String, in scope: Scope, depth: Int) {
        guard depth < 8 else { return }
        for entry in entries {
            guard let key = entry.key else { continue }
            let path = name.isEmpty ? key : name + "." + key
            if let inner = entry.value.entries {
                tellEntries(inner, of: path, in: scope, depth: depth + 1)
            } else {
                tell(entry.value, as: path, in: scope, word: path, at: entry.position)
            }
        }
    }

    private func tellReturn(_ expression: Expression, in scope: Scope) {
        if let entries = expression.entries {
            tellEntries(entries, of: "", in: scope, depth: 0)
            return
        }
        guard let function = scope.function else { return }
        let isLoader =
            LoaderNames.speaksOfLoading(function.name + "()") || SigningSecretName.isOfInterest(function.name)
        guard isLoader || reads(expression, in: scope, depth: 0) else { return }
        // All that it may give, and not this one alone.
        guard let all = follow(returnsOf: function), follow(expression, in: scope) != nil else { return }
        tell(
            all, as: boundName(function.name, in: scope.type ?? scope) + "()", word: function.name,
            at: expression.position, isLoader: isLoader)
    }

    /// Whether a variable is read right in it.
    private func reads(_ expression: Expression, in scope: Scope, depth: Int) -> Bool {
        depth < 4
            && (dialect.variable(expression, in: scope, of: self) != nil
                || expression.children.contains { reads($0, in: scope, depth: depth + 1) })
    }

    private func tellFields(of type: TypeDeclaration, in scope: Scope) {
        for name in scope.names {
            guard let read = dialect.field(name, of: type, in: scope, of: self) else { continue }
            tellEnvironment(read, in: scope)
            guard let followed = follow(read, in: scope),
                read.names.contains(where: SigningSecretName.isOfInterest)
                    || SigningSecretName.isOfInterest(name)
            else { continue }
            tell(followed, as: type.name + "." + name, word: name, at: read.position)
        }
    }

    func tell(
        _ expression: Expression, as bound: String, in scope: Scope, word: String? = nil,
        at position: SourcePosition? = nil
    ) {
        guard let followed = follow(expression, in: scope) else { return }
        tell(followed, as: bound, word: word ?? bound, at: position ?? expression.position)
    }

    /// Adds a read where a variable or the name speaks of a signing secret, unless one with all its variables is told.
    ///
    /// - Parameters:
    ///   - known: that it is a key is known by its use, whatever its name.
    ///   - isLoader: it is what a function gives that others call for it; told even where its parts are.
    ///   - isLocal: the name is a function's own; what the function gives says more.
    func tell(
        _ followed: Followed, as bound: String, word: String, at position: SourcePosition, isKey known: Bool = false,
        isLoader: Bool = false, isLocal: Bool = false
    ) {
        let places = followed.expression.alternatives.map(\.position) + followed.inputs
        guard let first = places.first, isLoader || !places.allSatisfy(told.contains) else { return }
        // What is signed with a key is none.
        if case .computed(let how, _, _)? = followed.expression.alternatives.first, how.hasPrefix("hmac"), !known {
            return
        }
        let variables = followed.variables
        let readsOne = variables.contains(where: SigningSecretName.isOfInterest)
        guard readsOne || known && !variables.isEmpty || SigningSecretName.isOfInterest(lastWords(of: word)) else {
            return
        }
        // A bare text counts by its name, if it can be a key at all.
        if variables.isEmpty, !readsOne {
            // What a function makes for itself is no setting; where it is a key, its use has it.
            guard !isLocal else { return }
            let isSurely = SigningSecretName.purpose(of: lastWords(of: word)) != .ambiguous
            guard followed.expression.alternatives.contains(where: { isKey($0, named: isSurely) }) else { return }
        }
        told.formUnion(places)
        let read = SecretRead(
            followed.expression, bound: bound, loader: followed.loader ?? "constant",
            at: variables.isEmpty ? position : first)
        guard !facts.reads.contains(read) else { return }
        facts.reads.append(read)
        if isLocal { locals.insert(read) }
    }

    /// What a framework's rule has told in its own way is not told again as a plain read.
    func markTold(_ positions: [SourcePosition]) { told.formUnion(positions) }

    /// `config.jwt.secret` speaks by `jwt.secret`.
    private func lastWords(of path: String) -> String {
        path.split(separator: ".").suffix(2).joined(separator: ".")
    }

    private func isKey(_ alternative: KeyExpression.Alternative, named isSurely: Bool) -> Bool {
        switch alternative {
        case .literal(let text, _): Self.canBeKey(text)
        case .computed: isSurely
        case .variable, .loader, .asymmetric: false
        }
    }

    /// The name of a variable, a path or a sentence is no key.
    static func canBeKey(_ text: String) -> Bool {
        if text.isEmpty || text.contains(" ") && text.count > 64 { return false }
        if text.hasPrefix("/") || text.hasPrefix("./") || text.contains("://") { return false }
        let isName = text.allSatisfy { $0.isUppercase || $0 == "_" || $0.isNumber } && text.contains("_")
        return !isName || SigningSecretName(text) == nil
    }

    /// A variable that holds a public key, or a private one, is no shared secret.
    private func markPublic(_ expression: Expression, in scope: Scope, depth: Int) {
        guard depth < 12 else { return }
        if let read = dialect.variable(expression, in: scope, of: self) { told.insert(read.position) }
        for child in expression.children { markPublic(child, in: scope, depth: depth + 1) }
    }

    /// A variable that is only asked whether it is there (`if not os.getenv("X"):`) is not read for its value.
    private func markAsked(_ condition: Expression, in scope: Scope, depth: Int) {
        guard depth < 12 else { return }
        switch condition.kind {
        case .operation(_, let operands), .either(let operands, _):
            for operand in operands { markAsked(operand, in: scope, depth: depth + 1) }
        default:
            guard let read = dialect.variable(condition, in: scope, of: self), read.fallback == nil else { return }
            told.insert(read.position)
        }
    }

    private func tellEnvironment(_ expression: Expression, in scope: Scope) {
        if case .either(let list, _) = expression.kind, list.count > 1, let first = list.first,
            var read = dialect.variable(first, in: scope, of: self), read.fallback == nil
        {
            // `environment["ENVIRONMENT"] ?? "production"`
            read.fallback = list.last
            tellEnvironment(read, in: scope)
        } else if let read = dialect.variable(expression, in: scope, of: self) {
            tellEnvironment(read, in: scope)
        }
    }

    func tellEnvironment(_ read: VariableRead, in scope: Scope) {
        for name in read.names where EnvironmentNames.all.contains(name.uppercased()) {
            guard !facts.environmentReads.contains(where: { $0.position == read.position }) else { continue }
            facts.environmentReads.append(
                EnvironmentRead(name, fallback: read.fallback.flatMap { string($0, in: scope) }, at: read.position))
        }
    }
}

/// Variables by which programs tell where they run.
enum EnvironmentNames {
    static let all: Set<String> = [
        "ENVIRONMENT", "ENV", "NODE_ENV", "APP_ENV", "APP_ENVIRONMENT", "FLASK_ENV", "DJANGO_ENV", "PYTHON_ENV",
        "STAGE",
        "DEPLOY_ENV", "DEPLOYMENT_ENV", "DEPLOYMENT_ENVIRONMENT", "RAILS_ENV", "RACK_ENV", "GO_ENV", "APPLICATION_ENV",
        "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT", "SPRING_PROFILES_ACTIVE", "MIX_ENV", "RUN_ENV", "RUNTIME_ENV",
        "SERVICE_ENV", "VERCEL_ENV", "K_SERVICE", "KUBERNETES_SERVICE_HOST", "ECS_CONTAINER_METADATA_URI",
        "ECS_CONTAINER_METADATA_URI_V4", "AWS_EXECUTION_ENV", "RAILWAY_ENVIRONMENT", "NEXT_PUBLIC_APP_ENV",
        "PYTHON_ENVIRONMENT", "SYSTEM_ENV", "TARGET_ENV", "RUST_ENV", "VAPOR_ENV", "KTOR_ENV", "MICRONAUT_ENVIRONMENTS",
        "QUARKUS_PROFILE", "GIN_MODE", "SYMFONY_ENV",
    ]
}
