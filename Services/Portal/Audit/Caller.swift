import HTTPTypes
import ServerKit

/// Who is asking, as far as the connection tells: for rate limits, sessions and the audit trail.
struct Caller: Sendable {
    static let maximumUserAgentBytes = 200

    var address: ClientAddress
    var requestID: String
    /// Cut to `maximumUserAgentBytes`, control characters dropped.
    var userAgent: String

    init(address: ClientAddress, requestID: String, userAgent: String) {
        self.address = address
        self.requestID = requestID
        self.userAgent = BoundedText.line(userAgent, maximumBytes: Self.maximumUserAgentBytes)
    }

    init(context: AppContext, headers: HTTPFields) {
        self.init(
            address: ClientAddress(context.clientAddress), requestID: context.requestID,
            userAgent: headers[.userAgent] ?? "")
    }
}

/// Text from outside that is kept or shown: one line, of bounded size.
enum BoundedText {
    /// Drops control characters, and cuts at a character boundary.
    static func line(_ text: String, maximumBytes: Int) -> String {
        var kept = ""
        var count = 0
        for scalar in text.unicodeScalars where !scalar.properties.isNoncharacterCodePoint {
            switch scalar.properties.generalCategory {
            // Format characters too: a right-to-left override in a name makes a log line lie.
            case .control, .format, .lineSeparator, .paragraphSeparator: continue
            default: break
            }
            count += UTF8.width(scalar)
            guard count <= maximumBytes else { break }
            kept.unicodeScalars.append(scalar)
        }
        return kept
    }
}
