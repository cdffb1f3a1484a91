import Foundation
import Secrets
import Tokens

/// Reads keys from a JWK Set or a single JWK of any origin (RFC 7517): unlike a ring it need not name states,
/// kids or algorithms. What a key may be used for is as strict as elsewhere.
enum KeyFile {
    /// - Parameter token: a key without `alg` is taken for the token's own algorithm where it is a key for that.
    /// - Throws: `inputMissing` for a file that can't be read; `negative` for one whose keys may not verify anything:
    ///   under such a set no token is valid.
    static func keys(at path: String, for token: String, in context: CommandContext) throws(CommandFailure) -> [RingKey]
    {
        let absolute = context.absolute(path)
        guard let data = FileManager.default.contents(atPath: absolute) else {
            throw CommandFailure(.inputMissing, "\(absolute) can't be read; name a JWK Set with --jwks")
        }
        do throws(JWKSetFault) {
            let set = try JWKSet(Array(data), algorithm: algorithm(of: token))
            for reason in set.passedOver { context.say("\(absolute): not used: \(reason)") }
            return set.keys
        } catch {
            throw CommandFailure(.negative, "\(absolute) holds no keys to verify with: \(error.reason)")
        }
    }

    private static func algorithm(of token: String) -> KeyAlgorithm? {
        let header = token.split(separator: ".", omittingEmptySubsequences: false).first.map(String.init) ?? ""
        guard let bytes = Base64URL.decode(header), let json = try? StrictJSON(bytes),
            json.kind(json.root) == .object
        else { return nil }
        return json.member(json.root, "alg").flatMap { json.string($0) }.flatMap { KeyAlgorithm(rawValue: $0) }
    }
}
