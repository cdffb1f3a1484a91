import Foundation

/// Base64 as Kubernetes takes it (RFC 4648 §4): line breaks are passed over, anything else refuses the whole.
enum Base64Text {
    static func decode(_ text: String) -> [UInt8]? {
        let bytes = text.utf8.filter { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: " ") }
        return Data(base64Encoded: Data(bytes)).map { Array($0) }
    }

    static func encode(_ text: String) -> String { Data(text.utf8).base64EncodedString() }
}
