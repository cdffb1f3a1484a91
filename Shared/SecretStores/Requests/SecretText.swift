import Secrets

/// A credential for a store, as text for a header or a body; no print, log or dump shows it.
struct SecretText: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// What is sent.
    let exposed: String

    init(_ text: String) { exposed = text }

    var description: String { "<a credential>" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: [:]) }

    /// The content of a file, without its line end, read anew each time: platforms replace such files.
    /// - Returns: nil with the reason where there is no text.
    static func file(_ path: String) async -> (text: SecretText?, reason: String) {
        switch await FileSource(path: path).read() {
        case .found(let bytes, _):
            let text = bytes.withUnsafeBytes { String(validating: $0, as: UTF8.self) }
            var rest = (text ?? "")[...]
            while rest.last?.isWhitespace == true { rest = rest.dropLast() }
            let isText = !rest.isEmpty && rest.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
            return isText ? (SecretText(String(rest)), "") : (nil, "\(path) holds no credential")
        case .absent(let reason), .denied(let reason), .unavailable(let reason): return (nil, "\(path): \(reason)")
        case .staged, .reference: return (nil, "\(path) holds no credential")
        }
    }
}
