/// Where a vault is, and who we are there.
struct AzureSettings: Sendable {
    /// The vault's address.
    let vault: ServiceAddress
    /// What tokens are asked for, and what the vault must say it takes: `https://vault.azure.net` or another cloud's.
    let resource: String
    /// The domain below which vaults are.
    let domain: String
    let credential: AzureCredential

    /// - Parameter variables: `AZURE_KEYVAULT_DNS_SUFFIX` (default `vault.azure.net`), `AZURE_KEYVAULT_URL` (in place of
    ///   the address that the vault's name gives; below the suffix, or on this machine), and those of
    ///   `AzureCredential`.
    /// - Throws: `unavailable` with what is missing or wrong.
    init(vault name: String, variables: [String: String]) throws(AzureFault) {
        func value(_ name: String) -> String? { VaultSettings.trimmed(variables[name]) }
        let domain = value("AZURE_KEYVAULT_DNS_SUFFIX")?.lowercased() ?? "vault.azure.net"
        guard let suffix = ServiceAddress("https://" + domain), suffix.origin == "https://" + domain,
            suffix.path.isEmpty, domain.contains(".")
        else { throw .unavailable(reason: "AZURE_KEYVAULT_DNS_SUFFIX is no domain, such as vault.azure.net") }
        self.domain = domain
        resource = "https://" + domain
        if let text = value("AZURE_KEYVAULT_URL") {
            guard let address = ServiceAddress(text), address.isLoopback || address.isEncrypted else {
                throw .unavailable(reason: "AZURE_KEYVAULT_URL is no https address")
            }
            // A token for vaults is sent there.
            guard address.isLoopback || address.isBelow(domain) else {
                throw .unavailable(
                    reason: "AZURE_KEYVAULT_URL is not below \(domain); set AZURE_KEYVAULT_DNS_SUFFIX for another cloud"
                )
            }
            vault = address
        } else {
            guard Self.isVaultName(name), let address = ServiceAddress("https://\(name).\(domain)") else {
                throw .unavailable(reason: "the store's vault is no name of one: 3 to 24 letters, digits and hyphens")
            }
            vault = address
        }
        credential = try AzureCredential(variables: variables)
    }

    static func isVaultName(_ name: String) -> Bool {
        (3...24).contains(name.utf8.count) && isNameText(name) && name.first?.isLetter == true && name.last != "-"
            && !name.contains("--")
    }

    /// Of a secret, so that the companions' names fit too.
    static func isSecretName(_ name: String) -> Bool {
        isNameText(name) && name.utf8.count + "-PREVIOUS".utf8.count <= 127
    }

    private static func isNameText(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
