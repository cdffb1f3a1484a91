import Secrets

/// Which error an answer of AWS names: a header in most services, a member of the body in others, an XML element from
/// STS and from gateways in front of a service.
enum AWSErrorCode {
    /// - Parameter header: of `x-amzn-errortype`, where it came.
    static func read(header: String?, body: [UInt8], status: Int) -> String {
        for candidate in [header, member(body), XMLElement.text("Code", in: body)] {
            guard let candidate, let code = plain(candidate) else { continue }
            return code
        }
        return "HTTP \(status)"
    }

    private static func member(_ body: [UInt8]) -> String? {
        guard let json = try? StrictJSON(body),
            let type = json.member(json.root, "__type") ?? json.member(json.root, "code")
        else { return nil }
        return json.string(type)
    }

    /// `com.amazonaws.secretsmanager#AccessDeniedException:http://…` is `AccessDeniedException`. What is no identifier
    /// is not repeated.
    private static func plain(_ text: String) -> String? {
        let code = text.prefix { $0 != ":" }.split(separator: "#").last ?? ""
        let isName = code.utf8.allSatisfy {
            $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") || $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z")
                || $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z") || $0 == UInt8(ascii: ".")
        }
        return isName && !code.isEmpty && code.utf8.count <= 64 ? String(code) : nil
    }
}
