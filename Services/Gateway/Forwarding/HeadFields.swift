import HTTP1
import HTTPKit
import NIOCore
import NIOHTTP1

/// Heads as `HTTP1` reads them, in NIO's types, which the steps work on.
enum HeadFields {
    /// One for all loops.
    static let names = FieldNameTable()

    /// - Parameter bytes: whose readable bytes the head was parsed from.
    static func request(_ head: RequestHead, in bytes: ByteBuffer) -> HTTPRequestHead {
        HTTPRequestHead(
            version: HTTPVersion(major: 1, minor: head.minorVersion),
            method: HTTPMethod(rawValue: text(head.methodRange, in: bytes)), uri: text(head.target.range, in: bytes),
            headers: headers(head.fields, in: bytes))
    }

    /// - Parameter bytes: whose readable bytes the head was parsed from.
    static func response(_ head: ResponseHead, in bytes: ByteBuffer) -> HTTPResponseHead {
        HTTPResponseHead(
            version: HTTPVersion(major: 1, minor: head.minorVersion),
            status: HTTPResponseStatus(
                statusCode: head.status, reasonPhrase: text(head.reasonRange, in: bytes)),
            headers: headers(head.fields, in: bytes))
    }

    private static func headers(_ fields: FieldSection, in bytes: ByteBuffer) -> HTTPHeaders {
        var headers: [(String, String)] = []
        headers.reserveCapacity(fields.count)
        for field in fields { headers.append((text(field.nameRange, in: bytes), text(field.valueRange, in: bytes))) }
        return HTTPHeaders(headers)
    }

    private static func text(_ range: Range<Int>, in bytes: ByteBuffer) -> String {
        // Parsed from these bytes, so it lies within them.
        bytes.getString(at: bytes.readerIndex + range.lowerBound, length: range.count) ?? ""
    }
}
