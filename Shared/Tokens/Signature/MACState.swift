import Crypto
// For ContiguousBytes, through which swift-crypto shows a digest; it links this module anyway.
import FoundationEssentials
import Secrets

/// HMAC (RFC 2104) with a key whose two padded blocks are hashed already: what is left per token is the token itself
/// and one block. Immutable; each use continues a copy. The hash states are wiped by swift-crypto when they end.
struct MACState<Hash: HashFunction>: Sendable where Hash: Sendable {
    private let inner: Hash
    private let outer: Hash

    init(key: SecretBytes) {
        var block = [UInt8](repeating: 0, count: Hash.blockByteCount)
        defer { block.withUnsafeMutableBytes { for index in $0.indices { $0[index] = 0 } } }
        key.withUnsafeBytes { bytes in
            if bytes.count > block.count {
                var hash = Hash()
                hash.update(bufferPointer: bytes)
                hash.finalize().withUnsafeBytes { digest in
                    for index in 0..<digest.count { block[index] = digest[index] }
                }
            } else {
                for index in 0..<bytes.count { block[index] = bytes[index] }
            }
        }
        func absorbed(_ pad: UInt8) -> Hash {
            for index in block.indices { block[index] ^= pad }
            var hash = Hash()
            block.withUnsafeBytes { hash.update(bufferPointer: $0) }
            for index in block.indices { block[index] ^= pad }
            return hash
        }
        inner = absorbed(0x36)
        outer = absorbed(0x5C)
    }

    func tag(_ message: UnsafeRawBufferPointer) -> Hash.Digest {
        var inner = inner
        inner.update(bufferPointer: message)
        var outer = outer
        inner.finalize().withUnsafeBytes { outer.update(bufferPointer: $0) }
        return outer.finalize()
    }

    /// Compares the whole tag, in time that does not depend on where it differs; a tag of another length is none.
    func isValid(_ tag: UnsafeRawBufferPointer, for message: UnsafeRawBufferPointer) -> Bool {
        self.tag(message).withUnsafeBytes { expected in
            guard expected.count == tag.count else { return false }
            var difference: UInt8 = 0
            for index in 0..<expected.count { difference |= expected[index] ^ tag[index] }
            return difference == 0
        }
    }
}
