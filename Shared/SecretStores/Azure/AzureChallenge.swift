/// What a vault answers to a request without a token (RFC 9110 §11.6.1): which resource a token must be for.
///
/// As Microsoft's clients do, a vault that asks for a token of a foreign resource gets none; nor does what it names as
/// its authority decide where our credential goes.
enum AzureChallenge {
    /// Whether a vault below `domain` may be sent a token for it.
    static func isFor(_ domain: String, _ header: String) -> Bool {
        guard let resource = parameter("resource", of: header) ?? parameter("scope", of: header),
            let address = ServiceAddress(resource)
        else { return false }
        return address.isEncrypted && address.host == domain
    }

    /// A parameter of a `Bearer` challenge; nil where it is not there, or twice.
    static func parameter(_ name: String, of header: String) -> String? {
        guard header.prefix(7).lowercased() == "bearer " else { return nil }
        var found: [String] = []
        var rest = header.dropFirst(7)
        while true {
            rest = rest.drop { $0 == " " || $0 == "," || $0 == "\t" }
            guard let equals = rest.firstIndex(of: "=") else { break }
            let key = rest[..<equals].lowercased()
            rest = rest[rest.index(after: equals)...]
            let value: Substring
            if rest.first == "\"" {
                rest = rest.dropFirst()
                value = rest.prefix { $0 != "\"" }
                guard value.endIndex < rest.endIndex else { return nil }
                rest = rest[rest.index(after: value.endIndex)...]
            } else {
                value = rest.prefix { $0 != "," && $0 != " " }
                rest = rest[value.endIndex...]
            }
            if key == name { found.append(String(value)) }
        }
        return found.count == 1 ? found[0] : nil
    }
}
