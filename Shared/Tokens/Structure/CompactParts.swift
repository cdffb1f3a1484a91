/// The three parts of a compact serialisation (RFC 7515 §7.1), still encoded, and pointing into the caller's bytes.
struct CompactParts {
    let header: UnsafeRawBufferPointer
    let payload: UnsafeRawBufferPointer
    let signature: UnsafeRawBufferPointer
    /// Header, dot and payload: what the signature is over.
    let signed: UnsafeRawBufferPointer

    /// - Throws: `missing`, `tokenTooLong`, or `malformed` for anything but exactly three parts.
    init(_ token: UnsafeRawBufferPointer) throws(TokenError) {
        guard !token.isEmpty else { throw .missing }
        guard token.count <= TokenLimits.token else { throw .tokenTooLong(bytes: token.count) }
        var first = -1
        var second = -1
        for index in 0..<token.count where token[index] == UInt8(ascii: ".") {
            if first < 0 {
                first = index
            } else if second < 0 {
                second = index
            } else {
                throw .malformed("not three parts")
            }
        }
        guard second > 0 else { throw .malformed("not three parts") }
        guard first <= TokenLimits.header else { throw .tokenTooLong(bytes: first) }
        header = UnsafeRawBufferPointer(rebasing: token[0..<first])
        payload = UnsafeRawBufferPointer(rebasing: token[(first + 1)..<second])
        signature = UnsafeRawBufferPointer(rebasing: token[(second + 1)...])
        signed = UnsafeRawBufferPointer(rebasing: token[0..<second])
    }
}
