import Manifests

/// Which loopback port stands for which name and port of the compose network.
struct AddressBook {
    private struct Entry {
        let name: [UInt8]
        /// Container port to host port.
        let ports: [Int: Int]
    }

    private let entries: [Entry]

    init(_ services: [ComposeService]) {
        entries = services.flatMap { service in
            ([service.name] + service.aliases).map { name in
                let pairs = service.ports.map { ($0.target, $0.published) }
                return Entry(name: Array(name.utf8), ports: Dictionary(pairs, uniquingKeysWith: { first, _ in first }))
            }
        }
    }

    /// Replaces `http://name:port`, `user@name:port` and `name:port` wherever they stand alone, and a bare name where
    /// the variable says that it is a host. A port that is not published keeps its number.
    func rewrite(_ value: String, of variable: String) -> String {
        let bytes = Array(value.utf8)
        if variable.hasSuffix("HOST"), entries.contains(where: { $0.name == bytes }) { return "127.0.0.1" }
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if index == 0 || !Self.isNamePart(bytes[index - 1]), let match = match(in: bytes, at: index) {
                result += Array(match.replacement.utf8)
                index = match.end
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private func match(in bytes: [UInt8], at start: Int) -> (replacement: String, end: Int)? {
        for entry in entries where bytes[start...].starts(with: entry.name) {
            let end = start + entry.name.count
            if end < bytes.count, Self.isNamePart(bytes[end]) { continue }
            if let (port, portEnd) = Self.port(in: bytes, at: end) {
                return ("127.0.0.1:\(entry.ports[port] ?? port)", portEnd)
            }
            guard let scheme = Self.scheme(in: bytes, before: start) else { continue }
            guard let port = Self.defaultPorts[scheme] else { return ("127.0.0.1", end) }
            let published = entry.ports[port] ?? port
            return (published == port ? "127.0.0.1" : "127.0.0.1:\(published)", end)
        }
        return nil
    }

    private static let defaultPorts = ["http": 80, "https": 443, "postgres": 5432, "postgresql": 5432, "redis": 6379]

    /// `:digits`, and where it ends.
    private static func port(in bytes: [UInt8], at start: Int) -> (port: Int, end: Int)? {
        guard start < bytes.count, bytes[start] == UInt8(ascii: ":") else { return nil }
        let digits = bytes[(start + 1)...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        let end = digits.endIndex
        guard !digits.isEmpty, end == bytes.count || !isNamePart(bytes[end]),
            let port = Int(String(decoding: digits, as: UTF8.self)), port <= 65_535
        else { return nil }
        return (port, end)
    }

    /// The scheme, where a name at `start` is the host of a URL.
    private static func scheme(in bytes: [UInt8], before start: Int) -> String? {
        var end = start
        if end > 0, bytes[end - 1] == UInt8(ascii: "@") {
            // User info goes back to the two slashes.
            let slash = bytes[..<end].lastIndex(of: UInt8(ascii: "/"))
            end = slash.map { $0 + 1 } ?? end
        }
        guard end >= 3, bytes[(end - 3)..<end].elementsEqual("://".utf8) else { return nil }
        let letters = bytes[..<(end - 3)].reversed().prefix { isNamePart($0) || $0 == UInt8(ascii: "+") }
        return String(decoding: letters.reversed(), as: UTF8.self)
    }

    private static func isNamePart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
