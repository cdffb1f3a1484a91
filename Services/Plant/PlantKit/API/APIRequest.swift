package import HTTPKit
package import Logging

/// What a handler gets of a request: everything is read, bounded and checked before, and the caller is allowed to ask.
package struct APIRequest: Sendable {
    package let caller: Caller
    /// What the path's placeholders stand for.
    package let path: [String: String]
    /// As they were sent, in order; for `ListQuery`.
    package let parameters: [(name: String, value: String)]
    /// The declared ones as values of their schemas' types, for `FieldReader`.
    package let query: [String: JSONValue]
    /// The declared header parameters that came, by their declared names.
    package let headers: [String: String]
    /// The members of a JSON body; empty without one.
    package let members: [String: JSONValue]
    /// A body of another media type.
    package let bytes: [UInt8]
    package let ifMatch: EntityTagCondition?
    package let ifNoneMatch: EntityTagCondition?
    /// Seconds since the epoch.
    package let now: Int64
    package let requestID: String
    package let clientAddress: String
    package let logger: Logger
    package let makeID: @Sendable () -> String

    package init(
        caller: Caller, path: [String: String] = [:], parameters: [(name: String, value: String)] = [],
        query: [String: JSONValue] = [:], headers: [String: String] = [:], members: [String: JSONValue] = [:],
        bytes: [UInt8] = [],
        ifMatch: EntityTagCondition? = nil, ifNoneMatch: EntityTagCondition? = nil, now: Int64, requestID: String,
        clientAddress: String, logger: Logger, makeID: @escaping @Sendable () -> String
    ) {
        self.caller = caller
        self.path = path
        self.parameters = parameters
        self.query = query
        self.headers = headers
        self.members = members
        self.bytes = bytes
        self.ifMatch = ifMatch
        self.ifNoneMatch = ifNoneMatch
        self.now = now
        self.requestID = requestID
        self.clientAddress = clientAddress
        self.logger = logger
        self.makeID = makeID
    }

    /// The identifier that the path names. What could be none is not found.
    /// - Parameter kind: for the message, e.g. `farm`.
    package func id(_ placeholder: String = "id", of kind: String) throws(Refusal) -> String {
        guard let id = path[placeholder], TextRule.isIdentifier(id) else {
            throw Refusal(.notFound, "There is no such \(kind).")
        }
        return id
    }

    /// Throws `precondition_required` when the request brought no `If-Match`.
    package func requiredIfMatch() throws(Refusal) -> EntityTagCondition {
        guard let ifMatch else {
            throw Refusal(
                .preconditionRequired,
                "Send If-Match with the ETag that you read, so that nobody's change is overwritten unseen.")
        }
        return ifMatch
    }

    /// Reads fields of the body; throws `invalid_input` with all faults.
    package func fields<T>(_ read: (inout FieldReader) -> T) throws(Refusal) -> T {
        try Self.read(members, read)
    }

    /// The same of declared query parameters.
    package func queryFields<T>(_ read: (inout FieldReader) -> T) throws(Refusal) -> T {
        try Self.read(query, read)
    }

    private static func read<T>(
        _ members: [String: JSONValue], _ read: (inout FieldReader) -> T
    ) throws(Refusal) -> T {
        var reader = FieldReader(members)
        let value = read(&reader)
        try reader.finish()
        return value
    }
}
