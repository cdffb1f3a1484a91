import HTTP1

/// Why what an upstream sends can't be read. Final.
enum ResponseFault: Error, Equatable, CustomStringConvertible {
    case head(HeadFault)
    case body(BodyFault)
    /// Bytes before a request was sent: whatever they are, they may not become an answer.
    case unsolicited
    case tooManyInterims

    var description: String {
        switch self {
        case .head(let fault): fault.text
        case .body(let fault): fault.text
        case .unsolicited: "it spoke before it was asked"
        case .tooManyInterims: "too many interim responses"
        }
    }
}
