import HTTPKit
import Hummingbird
import ServerKit
import Storage

/// What a client is told when the database fails: that it may try again, or that the fault is ours; never which table.
struct StorageRefusals: RouterMiddleware {
    typealias Context = AppContext

    func handle(
        _ request: Request, context: AppContext, next: (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as StorageError {
            throw Refusal(error)
        }
    }
}

extension Refusal {
    init(_ error: StorageError) {
        switch error {
        case .busy, .unavailable:
            self.init(
                .unavailable, "The portal's database does not answer now. Try again.", cause: "\(error)", retryAfter: 1)
        case .unwritable:
            self.init(
                .unavailable, "The portal can store nothing now: its database's disk is full or read-only.",
                cause: "\(error)", retryAfter: 10)
        case .uniqueViolation, .foreignKeyViolation, .constraintViolation, .decoding, .migration, .badURL,
            .invalidStatement:
            self.init(.internalError, "Something went wrong here.", cause: "\(error)")
        }
    }
}
