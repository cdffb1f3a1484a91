import HTTPKit
import Hummingbird
import ServerKit

/// The parameters of an address, each as often as it stands there.
enum QueryText {
    /// Throws `malformed_request` for what is not UTF-8 in octets.
    static func parameters(of request: Request) throws(Refusal) -> [(name: String, value: String)] {
        guard let query = request.uri.query else { return [] }
        var parameters: [(name: String, value: String)] = []
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = decoded(parts[0]), let value = decoded(parts.count == 2 ? parts[1] : "") else {
                throw Refusal(.malformedRequest, "The address can't be read.")
            }
            parameters.append((name, value))
        }
        return parameters
    }

    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(0x20)
            case UInt8(ascii: "%"):
                guard let octet = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16), rest.count >= 2,
                    rest.first != UInt8(ascii: "+")
                else { return nil }
                bytes.append(octet)
                rest = rest.dropFirst(2)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
