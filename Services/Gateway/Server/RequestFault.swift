import HTTP1
import HTTPKit

/// Why what a client sends can't be read. Final: nothing behind it can be trusted.
enum RequestFault: Error, Equatable {
    case head(HeadFault)
    case body(BodyFault)
    /// Over HTTP/2, where the codec puts U+FFFD for what is no UTF-8: what came in is not known any more, so that nothing
    /// of it can be passed on as it was.
    case replacedBytes

    /// One line for people: what is wrong, never what was sent.
    var text: String {
        switch self {
        case .head(let fault): fault.text
        case .body(let fault): fault.text
        case .replacedBytes: "over HTTP/2 a field's value has to be UTF-8, without U+FFFD"
        }
    }

    /// For logs.
    var reason: String {
        switch self {
        case .head(let fault): fault.rawValue
        case .body(let fault): fault.code
        case .replacedBytes: "replaced_bytes"
        }
    }

    var problem: ProblemCode {
        switch self {
        case .head(.targetTooLong): .uriTooLong
        case .head(let fault) where fault.status == 431: .headersTooLarge
        case .body(.bodyTooLong): .payloadTooLarge
        case .head, .body, .replacedBytes: .malformedRequest
        }
    }
}
