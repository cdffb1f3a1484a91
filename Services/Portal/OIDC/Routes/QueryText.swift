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
                let digits = Substring(rest.prefix(2))
                guard digits.utf8.count == 2, digits.allSatisfy({ $0.isASCII && $0.isHexDigit }),
                    let octet = UInt8(digits, radix: 16)
                else { return nil }
                bytes.append(octet)
                rest = rest.dropFirst(2)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
