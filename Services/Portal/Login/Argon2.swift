import CArgon2
import Secrets

/// Argon2id (RFC 9106) over libargon2, with PHC strings (`$argon2id$v=19$m=…,t=…,p=…$salt$hash`). Blocks its thread for
/// tens of milliseconds: only `PasswordHasher` calls it.
enum Argon2 {
    /// What one hash costs. The floor for production is OWASP's: 19 MiB, two passes, one lane.
    struct Parameters: Sendable, Equatable {
        /// KiB.
        var memory: UInt32 = 19_456
        var passes: UInt32 = 2
        var lanes: UInt32 = 1

        /// What a stored hash may ask for. A row that somebody edited must not take the machine down.
        static let memoryRange: ClosedRange<UInt32> = 8...1_048_576
        static let passesRange: ClosedRange<UInt32> = 1...16
        static let lanesRange: ClosedRange<UInt32> = 1...8

        var isSane: Bool {
            Self.memoryRange.contains(memory) && Self.passesRange.contains(passes) && Self.lanesRange.contains(lanes)
                && memory >= 8 * lanes
        }
    }

    enum Failure: Error, Equatable, Sendable {
        /// libargon2's code; never a byte of what it was given.
        case library(code: Int32)
        case malformedHash
    }

    static let saltBytes = 16
    static let hashBytes = 32

    /// - Parameter salt: `saltBytes` random bytes.
    static func hash(_ password: SecretBytes, salt: [UInt8], parameters: Parameters) throws(Failure) -> String {
        let size = argon2_encodedlen(
            parameters.passes, parameters.memory, parameters.lanes, UInt32(salt.count), UInt32(hashBytes), Argon2_id)
        var encoded = [CChar](repeating: 0, count: size)
        let code = password.withUnsafeBytes { bytes in
            argon2id_hash_encoded(
                parameters.passes, parameters.memory, parameters.lanes, bytes.baseAddress, bytes.count, salt,
                salt.count, hashBytes, &encoded, size)
        }
        guard code == ARGON2_OK.rawValue else { throw .library(code: code) }
        return String(decoding: encoded.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Compares in constant time (libargon2 does).
    static func verify(_ password: SecretBytes, against encoded: String) throws(Failure) -> Bool {
        guard let parameters = parameters(of: encoded), parameters.isSane else { throw .malformedHash }
        let code = password.withUnsafeBytes { argon2id_verify(encoded, $0.baseAddress, $0.count) }
        switch code {
        case ARGON2_OK.rawValue: return true
        case ARGON2_VERIFY_MISMATCH.rawValue: return false
        default: throw .library(code: code)
        }
    }

    /// Nil unless it is an Argon2id string of version 19.
    static func parameters(of encoded: String) -> Parameters? {
        let parts = encoded.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0].isEmpty, parts[1] == "argon2id", parts[2] == "v=19" else { return nil }
        var values: [Substring: UInt32] = [:]
        for setting in parts[3].split(separator: ",") {
            let pair = setting.split(separator: "=")
            guard pair.count == 2, let value = UInt32(pair[1]) else { return nil }
            values[pair[0]] = value
        }
        guard let memory = values["m"], let passes = values["t"], let lanes = values["p"] else { return nil }
        return Parameters(memory: memory, passes: passes, lanes: lanes)
    }
}
