import Evidence

extension Dialect {
    func field(_ name: String, of type: TypeDeclaration, in scope: Scope, of reading: FileReading) -> VariableRead? { nil }
    func visit(_ type: TypeDeclaration, in scope: Scope, of reading: FileReading) {}
    func visit(
        binding name: String, to value: Expression, at position: SourcePosition, in scope: Scope, of reading: FileReading
    ) {
        Lifetimes.tell(name, value, at: position, in: scope, of: reading)
        if name.contains(".") { reading.widen(name, value, in: scope) }
    }

    /// Whether a file says anything about keys at all; one that does not is not taken apart.
    static func isOfInterest(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in KeyWords.patterns.contains { $0.isIn(bytes) } }
    }
}

private enum KeyWords {
    static let patterns = ["env", "ENV", "Env", "jwt", "JWT", "Jwt", "ecret", "ECRET", "oken", "hmac", "HMAC", "Hmac"]
        .map(BytePattern.init)
}

/// A text that is looked for byte by byte, without a string being made.
private struct BytePattern {
    private let bytes: [UInt8]

    init(_ text: String) { bytes = Array(text.utf8) }

    func isIn(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = bytes.first, text.count >= bytes.count else { return false }
        var at = 0
        while at <= text.count - bytes.count {
            if text[at] == first {
                var length = 1
                while length < bytes.count, text[at + length] == bytes[length] { length += 1 }
                if length == bytes.count { return true }
            }
            at += 1
        }
        return false
    }
}
