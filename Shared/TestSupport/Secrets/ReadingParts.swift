package import Secrets

extension SourceReading {
    /// The bytes of a single value; nil for anything else.
    package var foundBytes: [UInt8]? {
        guard case .found(let bytes, _) = self else { return nil }
        return bytes.withUnsafeBytes { Array($0) }
    }

    /// What lies there, alone or with the values that the store keeps beside it.
    package var stored: StoredSecret? {
        switch self {
        case .found(let bytes, _): StoredSecret(current: bytes)
        case .staged(let stored, _): stored
        default: nil
        }
    }

    package var current: [UInt8]? { stored?.current.withUnsafeBytes { Array($0) } }

    package var revision: String? {
        switch self {
        case .found(_, let revision), .staged(_, let revision): revision
        default: nil
        }
    }

    package var reason: String? {
        switch self {
        case .absent(let reason), .denied(let reason), .unavailable(let reason): reason
        default: nil
        }
    }
}
