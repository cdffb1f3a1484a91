/// What `GET /internal/v1/revocations?after=CURSOR&wait=SECONDS` answers: events in the order in which they were
/// committed. Without `after` it begins with the oldest that is still kept.
package struct RevocationPage: Codable, Sendable, Equatable {
    package static let path = "/internal/v1/revocations"
    /// Of one page.
    package static let maximumEvents = 500
    /// Seconds for which a question may stay open.
    package static let longestWait = 25
    /// Characters of a cursor, all of `A`–`Z`, `a`–`z`, `0`–`9`, `-`, `_`, `.`.
    package static let maximumCursor = 100

    package struct Event: Codable, Sendable, Equatable {
        package var cursor: String
        /// A security event token (RFC 8417).
        package var set: String

        package init(cursor: String, set: String) {
            self.cursor = cursor
            self.set = set
        }
    }

    package var events: [Event]
    /// `after` of the next question.
    package var next: String
    /// Whether there is more already.
    package var more: Bool

    package init(events: [Event], next: String, more: Bool) {
        self.events = events
        self.next = next
        self.more = more
    }

    /// Cursors go into addresses as they are: what is not made of these characters is none.
    package static func isCursor(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= maximumCursor
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}
