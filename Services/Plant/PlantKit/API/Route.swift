package import ServerKit
package import Storage

/// Answers one request in one transaction. It may run more than once (`Database.write`), so it does nothing outside of the
/// transaction that would matter twice.
package typealias APIHandler = @Sendable (APIRequest, any SQLTransaction) async throws -> APIAnswer

/// Answers with something that goes on after the question is decided on: events, exports.
package typealias APIStreamHandler = @Sendable (APIRequest, any SQLTransaction) async throws -> APIStream

/// Does its work in transactions of its own, or outside of the database's: what it does, it tells in the audit log
/// itself.
package typealias APIOwnHandler = @Sendable (APIRequest) async throws -> APIAnswer

/// An operation and what does it.
package struct Route: Sendable {
    enum Work: Sendable {
        case transaction(APIHandler)
        case stream(APIStreamHandler)
        case own(APIOwnHandler)
    }

    package let operation: Operation
    let work: Work
    /// A list reads its parameters by its schema, and refuses others itself.
    let readsParameters: Bool
}

/// Collects what the core or a module answers.
package final class ModuleRoutes {
    /// `/api/v1/farm`
    package let prefix: String
    /// Under which its operations are shown, e.g. `Farm manager`.
    package let tag: String
    package private(set) var collected: [Route] = []

    package init(prefix: String, tag: String) {
        self.prefix = prefix
        self.tag = tag
    }

    package func add(_ operation: Operation, _ handler: @escaping APIHandler) {
        collected.append(Route(operation: operation, work: .transaction(handler), readsParameters: false))
    }

    /// - Parameter handler: decides in a transaction that only reads; the stream itself runs behind it, and ends with the
    ///   caller's token.
    package func stream(_ operation: Operation, _ handler: @escaping APIStreamHandler) {
        var operation = operation
        operation.refusals.insert(.rateLimited)
        collected.append(Route(operation: operation, work: .stream(handler), readsParameters: false))
    }

    /// For the core: no deadline of a module holds such a handler.
    package func own(_ operation: Operation, _ handler: @escaping APIOwnHandler) {
        collected.append(Route(operation: operation, work: .own(handler), readsParameters: false))
    }

    func addList(_ operation: Operation, _ handler: @escaping APIHandler) {
        collected.append(Route(operation: operation, work: .transaction(handler), readsParameters: true))
    }
}
