import Secrets

/// Where unpredictable bytes come from; a parameter, so that tests can give their own.
package struct Randomness: Sendable {
    private let word: @Sendable () -> UInt64

    package init(word: @escaping @Sendable () -> UInt64) { self.word = word }

    /// The operating system's generator, fit for secrets.
    package static let system = Randomness {
        var generator = SystemRandomNumberGenerator()
        return generator.next()
    }

    /// 128 random bits, base64url: 22 characters.
    func tokenID() -> String {
        var bytes: [UInt8] = []
        for word in [word(), word()] { withUnsafeBytes(of: word) { bytes.append(contentsOf: $0) } }
        return Base64URL.encode(bytes)
    }
}
