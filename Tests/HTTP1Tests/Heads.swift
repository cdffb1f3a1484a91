import HTTP1
import NIOCore
import Testing

/// What a test reads of one head.
enum Heads {
    static let names = FieldNameTable(groups: [
        FieldNameGroup(
            .managed, names: ["X-Gateway", "X-User-Id", "X-Request-Id"], families: ["x-user-", "x-customer-"]),
        FieldNameGroup(.forwarding, names: ["Forwarded", "X-Real-IP"], families: ["x-forwarded-"]),
    ])

    static func request(_ text: String, limits: HeadLimits = HeadLimits()) throws(HeadFault) -> RequestHead? {
        try request(Array(text.utf8), limits: limits)
    }

    /// - Returns: nil where more bytes are needed.
    static func request(_ bytes: [UInt8], limits: HeadLimits = HeadLimits()) throws(HeadFault) -> RequestHead? {
        var parser = RequestHeadParser(names: names, limits: limits)
        return try parser.parse(ByteBuffer(bytes: bytes)) ? parser.head : nil
    }

    /// Nil: accepted, or more bytes are needed.
    static func fault(_ text: String, limits: HeadLimits = HeadLimits()) -> HeadFault? {
        do throws(HeadFault) {
            _ = try request(text, limits: limits)
            return nil
        } catch {
            return error
        }
    }

    /// A head with these lines behind the request line and a Host.
    static func with(_ lines: String...) -> String {
        "GET / HTTP/1.1\r\nHost: a\r\n" + lines.map { $0 + "\r\n" }.joined() + "\r\n"
    }

    static func text(_ range: Range<Int>, of text: String) -> String {
        String(decoding: Array(text.utf8)[range], as: UTF8.self)
    }
}
