import Foundation
import Secrets

/// What a person typed. It has no description, no reflection and no Codable way out, so it can't reach a log.
struct Password: Sendable, Equatable, Decodable, CustomStringConvertible, CustomReflectable {
    /// A longer one is refused before any work is done with it.
    static let maximumBytes = 1024

    /// UTF-8 of Unicode NFC (UAX #15): the same password typed on two keyboards gives the same bytes.
    let secret: SecretBytes
    /// Characters as a person counts them.
    let characterCount: Int

    init(_ text: String) {
        let normalised = text.precomposedStringWithCanonicalMapping
        secret = SecretBytes(utf8: normalised)
        characterCount = normalised.count
    }

    init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    var isTooLong: Bool { secret.count > Self.maximumBytes }

    var description: String { "<password>" }
    var customMirror: Mirror { Mirror(self, children: [:]) }
}
