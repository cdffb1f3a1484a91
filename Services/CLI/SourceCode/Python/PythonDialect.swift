import Evidence

struct PythonDialect: Dialect {
    let language = SourceFacts.Language.python

    func variable(_ expression: Expression, in scope: Scope, of reading: FileReading) -> VariableRead? {
        PythonVariables(scope: scope, reading: reading).read(expression)
    }

    func field(_ name: String, of type: TypeDeclaration, in scope: Scope, of reading: FileReading) -> VariableRead? {
        SettingsClass(type, scope: scope, reading: reading)?.field(name)
    }

    func visit(_ expression: Expression, in scope: Scope, of reading: FileReading) {
        PythonTokenCalls(scope: scope, reading: reading).visit(expression)
        PythonFrameworks(scope: scope, reading: reading).visit(expression)
        PythonDurations(scope: scope, reading: reading).visit(expression)
    }

    func visit(_ type: TypeDeclaration, in scope: Scope, of reading: FileReading) {}

    func visit(
        binding name: String, to value: Expression, at position: SourcePosition, in scope: Scope,
        of reading: FileReading
    ) {
        PythonFrameworks(scope: scope, reading: reading).visit(binding: name, to: value)
        PythonDurations(scope: scope, reading: reading).visit(binding: name, to: value, at: position)
        ModuleManifest.visit(binding: name, to: value, of: reading)
    }

    // MARK: keys

    private static let handsOn: Set<String> = [
        "encode", "decode", "strip", "rstrip", "lstrip", "get_secret_value", "reveal",
    ]
    private static let wrappers: Set<String> = ["str", "bytes", "bytearray", "SecretStr", "SecretBytes", "Secret"]

    func same(_ expression: Expression, in scope: Scope, of reading: FileReading) -> Expression? {
        guard case .call(let callee, let arguments) = expression.kind else { return nil }
        if let name = callee.name {
            switch name {
            case _ where Self.wrappers.contains(name): return arguments.first?.value
            case "cast": return arguments.value(nil, at: 1)
            case "getattr":
                guard arguments.count > 1, let member = arguments[1].value.text else { return nil }
                return either(
                    Expression(.member(arguments[0].value, member), at: expression.position),
                    arguments.value(nil, at: 2))
            case "field", "attrib", "Field":
                if let factory = arguments.value("default_factory") ?? arguments.value("factory") {
                    guard case .function(let function) = factory.kind else { return factory }
                    return FileReading.returns(of: function.body).first
                }
                return arguments.value("default", at: name == "Field" ? 0 : nil)
            default: break
            }
        }
        guard case .member(let object, let member) = callee.kind else { return nil }
        if Self.handsOn.contains(member), arguments.count <= 1, arguments.first?.value.text != nil || arguments.isEmpty
        {
            return object
        }
        if member == "get", let key = arguments.first?.value, key.text != nil, arguments.count <= 2 {
            return either(Expression(.index(object, key), at: expression.position), arguments.value("default", at: 1))
        }
        guard member == "import_key" || member == "construct" else { return nil }
        switch reading.canonical(callee, in: scope).map(Self.lastTwo) {
        case "OctKey.import_key", "jwk.construct", "JsonWebKey.import_key": return arguments.first?.value
        default: return nil
        }
    }

    private func either(_ value: Expression, _ fallback: Expression?) -> Expression {
        guard let fallback else { return value }
        return Expression(.either([value, fallback], emptyCounts: false), at: value.position)
    }

    private static func lastTwo(_ name: String) -> String {
        name.split(separator: ".").suffix(2).joined(separator: ".")
    }

    func computation(
        _ expression: Expression, in scope: Scope, of reading: FileReading
    ) -> (how: String, from: [Expression])? {
        if case .member(let object, "hex") = expression.kind { return computation(object, in: scope, of: reading) }
        guard case .call(let callee, let arguments) = expression.kind else { return nil }
        if case .member(let object, let member) = callee.kind {
            switch member {
            case "hexdigest", "digest", "derive":
                guard let inner = computation(object, in: scope, of: reading) else { return nil }
                return (inner.how, inner.from + arguments.map(\.value))
            case "format", "replace", "join", "lower", "upper":
                return ("a text", [object] + arguments.map(\.value))
            default: break
            }
        }
        guard let name = reading.canonical(callee, in: scope) else { return nil }
        let values = arguments.map(\.value)
        switch name {
        case "hashlib.pbkdf2_hmac": return ("pbkdf2", Array(values.dropFirst()))
        case _ where name.hasPrefix("hashlib."): return (String(name.dropFirst("hashlib.".count)), values)
        case "hmac.new": return ("hmac", values)
        case "base64.b64decode", "base64.urlsafe_b64decode", "base64.standard_b64decode":
            return ("base64", Array(values.prefix(1)))
        case "base64.b64encode", "base64.urlsafe_b64encode": return ("base64 encoding", Array(values.prefix(1)))
        case "bytes.fromhex", "binascii.unhexlify", "bytearray.fromhex": return ("hex", values)
        case "secrets.token_hex", "secrets.token_urlsafe", "secrets.token_bytes", "os.urandom", "uuid.uuid4",
            "uuid.uuid1",
            "random.randbytes", "secrets.choice", "random.choice", "random.choices", "get_random_secret_key",
            "django.core.management.utils.get_random_secret_key":
            return ("a random value", [])
        case _ where name.hasSuffix("Fernet.generate_key"): return ("a random value", [])
        case _ where name.hasSuffix("HKDF") || name.hasSuffix("PBKDF2HMAC"):
            return (String(name.split(separator: ".").last ?? ""), [])
        default: return nil
        }
    }

    func isAsymmetric(_ expression: Expression, in scope: Scope, of reading: FileReading) -> Bool {
        if let text = expression.text { return text.hasPrefix("-----BEGIN") }
        guard case .call = expression.kind else {
            guard case .member(let object, _) = expression.kind else { return false }
            if let name = object.name, let bindings = scope.holder(of: name)?.bindings[name], bindings.count == 1,
                let value = bindings[0].value
            {
                return Self.speaksOfKeyPairs(value)
            }
            return Self.speaksOfKeyPairs(object)
        }
        return Self.speaksOfKeyPairs(expression) || Self.reads(expression) && hasKeyFile(expression, depth: 0)
    }

    /// Whether a chain of calls and members has one that makes or takes a key of a pair.
    private static func speaksOfKeyPairs(_ expression: Expression) -> Bool {
        var object: Expression? = expression
        while let here = object {
            switch here.kind {
            case .name(let name): return makers.contains(name)
            case .member(let inner, let member):
                if makers.contains(member) { return true }
                object = inner
            case .call(let callee, _): object = callee
            default: return false
            }
        }
        return false
    }

    private static let makers: Set<String> = [
        "get_signing_key", "get_signing_key_from_jwt", "get_signing_keys", "PyJWKClient", "load_pem_public_key",
        "load_pem_private_key", "load_der_public_key", "load_der_private_key", "load_ssh_private_key",
        "load_pem_x509_certificate", "RSAKey", "ECKey", "OKPKey", "import_key_set", "KeySet", "generate_private_key",
        "RSAAlgorithm", "ECAlgorithm",
    ]

    /// `open("x.pem")`, `….read()`, `Path("x.pem").read_text()`
    private static func reads(_ expression: Expression) -> Bool {
        guard case .call(let callee, _) = expression.kind else { return false }
        switch callee.kind {
        case .name(let name): return name == "open"
        case .member(_, let member): return member == "read" || member == "read_text" || member == "read_bytes"
        default: return false
        }
    }

    private static func isKeyFile(_ text: String) -> Bool {
        [".pem", ".pub", ".key", ".crt", ".der"].contains { text.hasSuffix($0) }
    }

    private func hasKeyFile(_ expression: Expression, depth: Int) -> Bool {
        if let text = expression.text { return Self.isKeyFile(text) }
        return depth < 6 && expression.children.contains { hasKeyFile($0, depth: depth + 1) }
    }
}
