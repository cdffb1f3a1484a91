import Foundation
import Secrets

/// What a person typed. It has no description, no reflection and no Codable way out, so it can't reach a log.
struct Password: Sendable, Equatable, Decodable, CustomStringConvertible, CustomReflectable {
    /// A longer one is refused before any work is done with it.
    static let maximumBytes = 1024
    /// As typed: normalising makes a text shorter by three times at most. Beyond that it is not even normalised, which
    /// takes time that grows with the square of the combining marks behind one character.
    private static let maximumTypedBytes = 3 * maximumBytes

    /// UTF-8 of Unicode NFC (UAX #15): the same password typed on two keyboards gives the same bytes.
    let secret: SecretBytes
    /// Characters as a person counts them.
    let characterCount: Int
    let isTooLong: Bool

    init(_ text: String) {
        guard text.utf8.count <= Self.maximumTypedBytes else {
            secret = SecretBytes([])
            characterCount = 0
            isTooLong = true
            return
        }
        let normalised = text.precomposedStringWithCanonicalMapping
        secret = SecretBytes(utf8: normalised)
        characterCount = normalised.count
        isTooLong = secret.count > Self.maximumBytes
    }

    init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    var description: String { "<password>" }
    var customMirror: Mirror { Mirror(self, children: [:]) }
}
