/// What a `DATABASE_URL` names.
enum DatabaseURL: Equatable {
    case memory
    /// An absolute path.
    case file(String)

    static let supported = "this build supports sqlite:///ABSOLUTE/PATH and sqlite::memory:"

    /// The error never repeats the URL: one for a server may hold a password.
    static func parse(_ url: String) throws(StorageError) -> DatabaseURL {
        if url == "sqlite::memory:" { return .memory }
        let prefix = "sqlite://"
        guard url.hasPrefix(prefix) else {
            let scheme = url.prefix { $0 != ":" }
            let named = url.contains(":") && scheme.allSatisfy(\.isLetter) && !scheme.isEmpty
            throw .badURL(named ? "\(scheme): is not supported; \(supported)" : "not a database URL; \(supported)")
        }
        guard let path = unescape(url.dropFirst(prefix.count)) else {
            throw .badURL("the path holds a broken % escape; \(supported)")
        }
        guard path.hasPrefix("/"), !path.hasSuffix("/") else {
            throw .badURL("the path must be absolute and name a file (three slashes: sqlite:///); \(supported)")
        }
        guard !path.contains(where: { "?#\0".contains($0) }) else {
            throw .badURL("the path holds ?, # or NUL: options are not taken from the URL; \(supported)")
        }
        guard !path.split(separator: "/").contains(where: { $0 == ".." || $0 == "." }) else {
            throw .badURL("the path holds . or .. as a folder; \(supported)")
        }
        return .file(path)
    }

    /// RFC 3986 §2.1; nil when an escape is broken or the bytes are no UTF-8.
    private static func unescape(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(hexDigit), let low = rest.popFirst().flatMap(hexDigit) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        Character(Unicode.Scalar(byte)).hexDigitValue.map(UInt8.init)
    }
}
