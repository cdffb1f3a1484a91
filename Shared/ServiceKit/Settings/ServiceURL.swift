/// The address of another service: scheme, host, port and perhaps a path prefix; nothing else has a meaning there.
enum ServiceURL {
    struct Fault: Error { let problem: String }

    /// Without trailing slashes. The problem names what is wrong and repeats nothing of the value: an address may carry
    /// a password.
    static func normalize(_ text: String) -> Result<String, Fault> {
        let lowercased = text.lowercased()
        guard let scheme = ["http://", "https://"].first(where: { lowercased.hasPrefix($0) }) else {
            return .failure(Fault(problem: "is not an absolute http:// or https:// address."))
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C && $0 != 0x3C && $0 != 0x3E })
        else {
            return .failure(Fault(problem: "has spaces or characters that no address may have."))
        }
        if text.contains("?") || text.contains("#") {
            return .failure(Fault(problem: "has a query or a fragment."))
        }
        var rest = text.dropFirst(scheme.count)
        while rest.last == "/" { rest.removeLast() }
        let authority = rest.prefix { $0 != "/" }
        if authority.contains("@") {
            return .failure(Fault(problem: "has a user name or password in it."))
        }
        guard let problem = authorityProblem(authority) else {
            let path = rest.dropFirst(authority.count)
            return .success(scheme + authority.lowercased() + path)
        }
        return .failure(Fault(problem: problem))
    }

    private static func authorityProblem(_ authority: Substring) -> String? {
        var host = authority
        var port: Substring?
        if authority.first == "[" {
            guard let end = authority.firstIndex(of: "]") else {
                return "has an IPv6 address without its closing bracket."
            }
            host = authority[authority.index(after: authority.startIndex)..<end]
            let rest = authority[authority.index(after: end)...]
            if !rest.isEmpty {
                guard rest.first == ":" else { return "has something between the host and the port." }
                port = rest.dropFirst()
            }
        } else if let colon = authority.firstIndex(of: ":") {
            host = authority[..<colon]
            port = authority[authority.index(after: colon)...]
        }
        if host.isEmpty { return "has no host." }
        if let port {
            let isNumber = !port.isEmpty && port.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
            guard isNumber, let number = Int(port), (1...65535).contains(number) else {
                return "has a port that is not a number from 1 to 65535."
            }
        }
        return nil
    }
}
