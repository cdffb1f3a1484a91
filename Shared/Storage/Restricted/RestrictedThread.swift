import Dispatch
import Synchronization

/// Where statements run that block: one at a time, behind it a short line, and no thread of Swift concurrency waits.
final class RestrictedThread: Sendable {
    /// Those who wait, and the one that runs.
    private static let places = 4

    private let queue: DispatchQueue
    private let taken = Atomic<Int>(0)

    init(_ label: String) { queue = DispatchQueue(label: label) }

    /// - Parameter work: gets a flag that turns true when its task is cancelled.
    /// - Throws: what the work throws; `busy` when too many wait already.
    func run<T: Sendable>(
        _ work: @escaping @Sendable (RestrictedCancel) throws(RestrictedSQLError) -> T
    ) async throws(RestrictedSQLError) -> T {
        guard taken.add(1, ordering: .relaxed).newValue <= Self.places else {
            taken.subtract(1, ordering: .relaxed)
            throw .busy
        }
        defer { taken.subtract(1, ordering: .relaxed) }
        let cancel = RestrictedCancel()
        let outcome: Result<T, RestrictedSQLError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                queue.async {
                    let outcome: Result<T, RestrictedSQLError>
                    do throws(RestrictedSQLError) {
                        if cancel.isSet { throw .cancelled }
                        outcome = .success(try work(cancel))
                    } catch {
                        outcome = .failure(error)
                    }
                    continuation.resume(returning: outcome)
                }
            }
        } onCancel: {
            cancel.set()
        }
        return try outcome.get()
    }
}

final class RestrictedCancel: Sendable {
    private let flag = Atomic<Bool>(false)

    var isSet: Bool { flag.load(ordering: .relaxed) }
    func set() { flag.store(true, ordering: .relaxed) }
}
