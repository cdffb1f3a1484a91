import Secrets

/// What a forger takes for a secret where a verifier holds a public key: each spelling of that key that tools write.
enum PublicKeyText {
    static func all(of key: PublicKey) -> [SecretBytes] {
        let info = key.subjectPublicKeyInfo
        let pem = pem(info)
        var spellings = [info, Array(pem.utf8), Array((pem + "\n").utf8)]
        switch key.members {
        case .rsa(let modulus, _): spellings.append(modulus)
        case .ec(_, let x, let y): spellings += [[4] + x + y, x]
        case .ed25519(let x): spellings.append(x)
        }
        return spellings.map { SecretBytes($0) }
    }

    /// RFC 7468 §13, without the last line's end.
    static func pem(_ info: [UInt8]) -> String {
        var text = Base64URL.encode(info).map { (["-": "+", "_": "/"] as [Character: Character])[$0] ?? $0 }
        while !text.count.isMultiple(of: 4) { text.append("=") }
        let lines = stride(from: 0, to: text.count, by: 64).map { String(text[$0..<min($0 + 64, text.count)]) }
        return (["-----BEGIN PUBLIC KEY-----"] + lines + ["-----END PUBLIC KEY-----"]).joined(separator: "\n")
    }
}
