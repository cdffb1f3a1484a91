import Secrets

/// The JSON object of a request (AWS's JSON 1.1 protocol), of the few shapes that we send.
struct AWSRequestBody {
    enum Value {
        case text(String)
        case texts([String])
        /// UTF-8 that no print may show.
        case secret(SecretBytes)
    }

    var members: [(name: String, value: Value)]

    init(_ members: [(name: String, value: Value)]) { self.members = members }

    var bytes: [UInt8] {
        var json: [UInt8] = [UInt8(ascii: "{")]
        for (index, member) in members.enumerated() {
            if index > 0 { json.append(UInt8(ascii: ",")) }
            Self.append(member.name.utf8, to: &json)
            json.append(UInt8(ascii: ":"))
            switch member.value {
            case .text(let text): Self.append(text.utf8, to: &json)
            case .secret(let secret): secret.withUnsafeBytes { Self.append($0, to: &json) }
            case .texts(let texts):
                json.append(UInt8(ascii: "["))
                for (index, text) in texts.enumerated() {
                    if index > 0 { json.append(UInt8(ascii: ",")) }
                    Self.append(text.utf8, to: &json)
                }
                json.append(UInt8(ascii: "]"))
            }
        }
        json.append(UInt8(ascii: "}"))
        return json
    }

    /// A JSON string; what may not stand in one bare is escaped as `\u00XX`.
    private static func append(_ utf8: some Sequence<UInt8>, to json: inout [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        json.append(UInt8(ascii: "\""))
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): json += [UInt8(ascii: "\\"), byte]
            case 0..<0x20: json += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: json.append(byte)
            }
        }
        json.append(UInt8(ascii: "\""))
    }
}
