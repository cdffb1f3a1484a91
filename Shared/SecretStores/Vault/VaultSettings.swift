/// Where Vault is and how to log in, from the variables that Vault's own clients read.
struct VaultSettings: Sendable {
    let address: ServiceAddress
    let namespace: String?
    /// A file of certificates in PEM.
    let authorityPath: String?
    let login: VaultLogin

    /// - Parameter variables: `VAULT_ADDR` (required), `VAULT_CACERT` (a PEM file of the authorities that are
    ///   trusted, in place of the system's), `VAULT_NAMESPACE`, and one way to log in: `VAULT_TOKEN`,
    ///   `VAULT_TOKEN_FILE`; `VAULT_ROLE_ID` with `VAULT_SECRET_ID` or `VAULT_SECRET_ID_FILE` (AppRole, mounted at
    ///   `VAULT_APPROLE_MOUNT`, default `approle`); `VAULT_K8S_ROLE` (Kubernetes, mounted at `VAULT_K8S_MOUNT`, default
    ///   `kubernetes`, with the token in `VAULT_K8S_TOKEN_FILE`); else the file `.vault-token` of `HOME`.
    /// - Throws: `unavailable` with what is missing or stands twice.
    init(variables: [String: String]) throws(VaultFault) {
        func value(_ name: String) -> String? { Self.trimmed(variables[name]) }
        guard let text = value("VAULT_ADDR") else {
            throw .unavailable(reason: "VAULT_ADDR is not set: the address of Vault, as https://vault.example.com:8200")
        }
        guard let address = ServiceAddress(text) else {
            throw .unavailable(reason: "VAULT_ADDR is no http or https address")
        }
        self.address = address
        authorityPath = value("VAULT_CACERT")
        namespace = value("VAULT_NAMESPACE")
        guard namespace.map(Self.isHeaderValue) ?? true else {
            throw .unavailable(reason: "VAULT_NAMESPACE holds characters that no namespace has")
        }
        var logins: [(name: String, login: VaultLogin)] = []
        if let token = try Self.credential("VAULT_TOKEN", value("VAULT_TOKEN"), value("VAULT_TOKEN_FILE")) {
            logins.append(("VAULT_TOKEN", .token(token)))
        }
        if let role = value("VAULT_ROLE_ID") {
            guard
                let secret = try Self.credential(
                    "VAULT_SECRET_ID", value("VAULT_SECRET_ID"), value("VAULT_SECRET_ID_FILE"))
            else { throw .unavailable(reason: "VAULT_ROLE_ID is set, and VAULT_SECRET_ID[_FILE] is not") }
            let mount = try Self.mount("VAULT_APPROLE_MOUNT", value("VAULT_APPROLE_MOUNT") ?? "approle")
            logins.append(("VAULT_ROLE_ID", .appRole(mount: mount, role: role, secret: secret)))
        }
        if let role = value("VAULT_K8S_ROLE") {
            let mount = try Self.mount("VAULT_K8S_MOUNT", value("VAULT_K8S_MOUNT") ?? "kubernetes")
            let path = value("VAULT_K8S_TOKEN_FILE") ?? "/var/run/secrets/kubernetes.io/serviceaccount/token"
            logins.append(("VAULT_K8S_ROLE", .kubernetes(mount: mount, role: role, tokenPath: path)))
        }
        guard logins.count <= 1 else {
            let names = logins.map(\.name).joined(separator: " and ")
            throw .unavailable(reason: "\(names) are both set: name one way to log in to Vault")
        }
        if let login = logins.first?.login {
            self.login = login
        } else if let home = value("HOME") {
            self.login = .token(.file(path: home + "/.vault-token", name: "VAULT_TOKEN"))
        } else {
            throw .unavailable(
                reason: "no way to log in to Vault is set: VAULT_TOKEN[_FILE], VAULT_ROLE_ID or VAULT_K8S_ROLE")
        }
    }

    static func trimmed(_ text: String?) -> String? {
        guard var rest = text.map({ $0[...] }) else { return nil }
        while rest.last?.isWhitespace == true { rest = rest.dropLast() }
        while rest.first?.isWhitespace == true { rest = rest.dropFirst() }
        return rest.isEmpty ? nil : String(rest)
    }

    static func isHeaderValue(_ text: String) -> Bool { text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } }

    private static func credential(
        _ name: String, _ value: String?, _ path: String?
    ) throws(VaultFault) -> VaultLogin.Secret? {
        switch (value, path) {
        case (nil, nil): return nil
        case (let value?, nil): return .value(SecretText(value))
        case (nil, let path?): return .file(path: path, name: name)
        case (.some, .some): throw .unavailable(reason: "\(name) and \(name)_FILE are both set: name one")
        }
    }

    private static func mount(_ name: String, _ text: String) throws(VaultFault) -> String {
        guard let path = PercentEncoding.path(text) else { throw .unavailable(reason: "\(name) is no mount's path") }
        return path
    }
}
