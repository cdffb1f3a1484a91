import Synchronization

/// What is found out about a request deeper in the chain and told at its edge: a context is a value, and what a middleware
/// puts into its copy the outer ones never see.
package final class RequestNotes: Sendable {
    package struct Content: Sendable {
        /// The verified token's subject and key.
        package var user: String?
        package var keyID: String?
        /// Why the request was refused: the public code, and the private cause.
        package var code: String?
        package var cause: String?
    }

    private let content = Mutex(Content())

    package init() {}

    package var current: Content { content.withLock { $0 } }

    package func update(_ change: (inout Content) -> Void) {
        content.withLock { change(&$0) }
    }
}
