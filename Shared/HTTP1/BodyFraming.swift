/// How a message's body is delimited (RFC 9112 §6.3), once nothing about it is in doubt.
package enum BodyFraming: Equatable, Sendable {
    case none
    /// Bytes.
    case length(Int)
    case chunked
    /// Responses alone: the body ends with the connection.
    case untilClose
}
