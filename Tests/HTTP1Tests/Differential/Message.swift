/// A request as a reader understood it; what two readers have to agree on.
struct Message: Equatable, Sendable {
    var method: String
    var target: String
    var minorVersion: Int
    /// Names as sent; values without the whitespace around them.
    var fields: [String]
    /// Empty while it has not ended.
    var body: [UInt8] = []
    var isComplete = false
}

/// What a reader made of a connection's bytes.
struct Reading: Equatable, Sendable {
    var messages: [Message] = []
    /// Code of the fault that stopped it, or nil.
    var fault: String?
    /// The bytes that were read as messages, as they came.
    var accepted: [UInt8] = []
    /// The last message ends HTTP/1.1 on this connection: it asks for an upgrade.
    var isUpgrade = false
    /// The bytes as they would be forwarded: heads as they came, bodies as ``ChunkedBodyParser/Output/chunks``.
    var forwarded: [UInt8] = []
}
