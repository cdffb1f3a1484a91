import Crypto
package import Secrets

/// A symmetric key made ready for its one algorithm (RFC 7518 §3.2).
package struct MACKey: Sendable {
    private enum State: Sendable {
        case hs256(MACState<SHA256>)
        case hs384(MACState<SHA384>)
        case hs512(MACState<SHA512>)
    }
    private let state: State

    /// Nil for an algorithm whose keys are no secrets.
    package init?(_ secret: SecretBytes, algorithm: KeyAlgorithm) {
        switch algorithm {
        case .hs256: state = .hs256(MACState(key: secret))
        case .hs384: state = .hs384(MACState(key: secret))
        case .hs512: state = .hs512(MACState(key: secret))
        default: return nil
        }
    }

    package init(hs256 secret: SecretBytes) { state = .hs256(MACState(key: secret)) }

    /// The whole tag: 32, 48 or 64 bytes.
    package func tag(_ message: [UInt8]) -> [UInt8] {
        message.withUnsafeBytes { message in
            switch state {
            case .hs256(let mac): mac.tag(message).withUnsafeBytes(Array.init)
            case .hs384(let mac): mac.tag(message).withUnsafeBytes(Array.init)
            case .hs512(let mac): mac.tag(message).withUnsafeBytes(Array.init)
            }
        }
    }

    /// Constant time over the whole tag; a shortened or lengthened tag is refused (RFC 7518 §3.2 knows no truncation).
    package func isValid(_ tag: UnsafeRawBufferPointer, for message: UnsafeRawBufferPointer) -> Bool {
        switch state {
        case .hs256(let mac): mac.isValid(tag, for: message)
        case .hs384(let mac): mac.isValid(tag, for: message)
        case .hs512(let mac): mac.isValid(tag, for: message)
        }
    }
}
