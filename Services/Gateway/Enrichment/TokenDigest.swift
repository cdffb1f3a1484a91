import Crypto
import Secrets

/// SHA-256 of a whole token: what caches know it by, so that no token is kept.
package struct TokenDigest: Hashable, Sendable {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    package init(_ token: String) { self.init(token.utf8Span.span.bytes) }

    /// - Parameter token: UTF-8.
    package init(_ token: RawSpan) {
        var hash = SHA256()
        token.withUnsafeBytes { hash.update(bufferPointer: $0) }
        words = hash.finalize().withUnsafeBytes {
            (
                $0.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
                $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
                $0.loadUnaligned(fromByteOffset: 16, as: UInt64.self),
                $0.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
            )
        }
    }

    /// One that was made elsewhere, word by word.
    init(words: (UInt64, UInt64, UInt64, UInt64)) { self.words = words }

    /// As assertions name it.
    var base64URL: String { withUnsafeBytes(of: words) { String(decoding: Base64URL.encodeBytes($0), as: UTF8.self) } }

    /// Says which loop owns it; nothing that a dictionary's buckets depend on.
    package var share: UInt64 { words.3 }

    /// For tables that know a digest by less than the whole of it.
    var mark: UInt64 { words.2 }

    package static func == (left: TokenDigest, right: TokenDigest) -> Bool { left.words == right.words }
    /// The digest is uniform already; its first word is hash enough, and the hasher's seed keeps buckets unguessable.
    package func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}
