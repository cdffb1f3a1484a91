/// A request's head, as offsets from the first readable byte that it was parsed from.
package struct RequestHead: Sendable {
    /// RFC 9110 §7.8: asked for by `Connection: upgrade` and one `Upgrade` line, in HTTP/1.1. Nothing is promised by it.
    package enum Upgrade: Equatable, Sendable {
        case none, webSocket, other
    }

    package internal(set) var method = Method.other
    package internal(set) var methodRange = 0..<0
    package internal(set) var target = RequestLineTarget()
    /// Of HTTP/1: 0 or 1.
    package internal(set) var minorVersion = 1
    package internal(set) var fields = FieldSection()
    /// `none`, `length` or `chunked`.
    package internal(set) var framing = BodyFraming.none
    /// RFC 9112 §9.3: whether the client means to send another request after this one.
    package internal(set) var keepAlive = false
    /// RFC 9110 §10.1.1: the client waits for a 100 before it sends its body.
    package internal(set) var expectsContinue = false
    package internal(set) var upgrade = Upgrade.none
    /// Bytes of the whole head: an empty line that was skipped before it, and the one at its end, included.
    package internal(set) var length = 0

    init() {}
}

/// RFC 9112 §3.2.
package struct RequestLineTarget: Equatable, Sendable {
    package enum Form: Equatable, Sendable {
        /// `/path?query`
        case origin
        /// `http://authority/path?query`; the authority is that of `Host`.
        case absolute
        /// `*`
        case asterisk
    }

    package internal(set) var form = Form.origin
    /// As sent.
    package internal(set) var range = 0..<0
    /// In absolute form; else empty.
    package internal(set) var authorityRange = 0..<0
    /// Path and query. In absolute form it may be empty (then it is `/`) or begin with `?`.
    package internal(set) var pathRange = 0..<0
}
