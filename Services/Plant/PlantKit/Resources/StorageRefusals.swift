package import HTTPKit
package import Hummingbird
package import ServerKit
package import Storage

/// What a client is told when the database fails: that it may try again, or that the fault is ours; never which table.
package struct StorageRefusals: RouterMiddleware {
    package typealias Context = AppContext

    package init() {}

    package func handle(
        _ request: Request, context: AppContext, next: (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        try await Self.refusing { try await next(request, context) }
    }

    package static func refusing<T>(_ work: () async throws -> T) async throws -> T {
        do {
            return try await work()
        } catch let error as StorageError {
            throw refusal(error)
        }
    }

    package static func refusal(_ error: StorageError) -> Refusal {
        switch error {
        case .busy, .unavailable:
            Refusal(
                .unavailable, "The plant's database does not answer now. Try again.", cause: "\(error)", retryAfter: 1)
        case .unwritable:
            Refusal(
                .unavailable, "The plant can store nothing now: its database's disk is full or read-only.",
                cause: "\(error)", retryAfter: 10)
        case .uniqueViolation, .foreignKeyViolation, .constraintViolation, .decoding, .migration, .badURL,
            .invalidStatement:
            Refusal(.internalError, "Something went wrong here.", cause: "\(error)")
        }
    }
}
