/// Why a body is refused. The head has long been passed on by then: both sides' connections have to be closed.
package enum BodyFault: Error, Equatable, Sendable {
    /// RFC 9112 §7.1: not 1*HEXDIG, more than 16 digits, or more than an Int holds.
    case badChunkSize
    /// RFC 9112 §7.1.1: not `;` token [`=` token or quoted string], or with whitespace.
    case badExtension
    /// More bytes of extensions in one body than ``BodyLimits/extensionBytes``.
    case extensionsTooLong
    /// RFC 9112 §7.1: a chunk's data without a CRLF behind it.
    case missingChunkEnd
    /// More than ``BodyLimits/bodyBytes``, by what its framing announces.
    case bodyTooLong
    /// RFC 9110 §6.5.1: a field that changes how the message is framed, routed, authenticated or read.
    case forbiddenTrailer
    /// In a chunk's size line or in the trailers.
    case line(HeadFault)

    /// A stable code for logs and metrics.
    package var code: String {
        switch self {
        case .badChunkSize: "bad_chunk_size"
        case .badExtension: "bad_chunk_extension"
        case .extensionsTooLong: "chunk_extensions_too_long"
        case .missingChunkEnd: "missing_chunk_end"
        case .bodyTooLong: "body_too_long"
        case .forbiddenTrailer: "forbidden_trailer"
        case .line(let fault): fault.rawValue
        }
    }

    /// One stable line for people.
    package var text: String {
        switch self {
        case .badChunkSize: "a chunk's size is not a hexadecimal number"
        case .badExtension: "a malformed chunk extension"
        case .extensionsTooLong: "too many bytes of chunk extensions"
        case .missingChunkEnd: "a chunk without its end"
        case .bodyTooLong: "the body is too long"
        case .forbiddenTrailer: "a trailer field that is allowed in a head alone"
        case .line(let fault): fault.text
        }
    }

    /// The status to answer a request with, where nothing has been answered yet.
    package var status: Int {
        switch self {
        case .bodyTooLong: 413
        case .badChunkSize, .badExtension, .extensionsTooLong, .missingChunkEnd, .forbiddenTrailer: 400
        case .line(let fault): fault.status
        }
    }
}
