import HTTP1
import HTTPKit

/// Why what a client sends can't be read. Final: nothing behind it can be trusted.
enum RequestFault: Error, Equatable {
    case head(HeadFault)
    case body(BodyFault)

    /// One line for people: what is wrong, never what was sent.
    var text: String {
        switch self {
        case .head(let fault): fault.text
        case .body(let fault): fault.text
        }
    }

    /// For logs.
    var reason: String {
        switch self {
        case .head(let fault): fault.rawValue
        case .body(let fault): fault.code
        }
    }

    var problem: ProblemCode {
        switch self {
        case .head(.targetTooLong): .uriTooLong
        case .head(let fault) where fault.status == 431: .headersTooLarge
        case .body(.bodyTooLong): .payloadTooLarge
        case .head, .body: .malformedRequest
        }
    }
}
