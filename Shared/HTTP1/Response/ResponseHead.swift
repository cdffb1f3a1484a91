/// A response's head, as offsets from the first readable byte that it was parsed from.
package struct ResponseHead: Sendable {
    /// 100 to 599.
    package internal(set) var status = 0
    /// The reason phrase; may be empty.
    package internal(set) var reasonRange = 0..<0
    /// Of HTTP/1: 0 or 1.
    package internal(set) var minorVersion = 1
    package internal(set) var fields = FieldSection()
    package internal(set) var framing = BodyFraming.none
    /// RFC 9112 §9.3: whether another request may follow on this connection. Never where the body ends with it.
    package internal(set) var keepAlive = false
    /// RFC 9110 §7.8: `Connection: upgrade` with an `Upgrade` field. Of use in a 101 alone.
    package internal(set) var hasUpgrade = false
    /// Bytes of the whole head, its last empty line included.
    package internal(set) var length = 0

    init() {}

    /// RFC 9110 §15.2: another head follows for the same request. A 101 is not among them: HTTP ends with it.
    package var isInterim: Bool { status < 200 && status != 101 }
}
