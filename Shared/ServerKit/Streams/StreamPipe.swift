import Synchronization

/// From the one who makes a stream to the one who sends it: a piece is taken before the next is made.
final class StreamPipe: Sendable {
    fileprivate struct State {
        var waiter: CheckedContinuation<Void, any Error>?
        var isOver = false
    }

    let pieces: AsyncStream<[UInt8]>
    private let continuation: AsyncStream<[UInt8]>.Continuation
    private let state = Mutex(State())

    init() { (pieces, continuation) = AsyncStream.makeStream(of: [UInt8].self) }

    /// One at a time. Throws `CancellationError` once the pipe is over.
    func send(_ bytes: [UInt8]) async throws {
        guard !bytes.isEmpty else { return }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { waiter in
                let isOver = state.withLock { state in
                    if !state.isOver { state.waiter = waiter }
                    return state.isOver
                }
                if isOver { waiter.resume(throwing: CancellationError()) } else { continuation.yield(bytes) }
            }
        } onCancel: {
            finish()
        }
    }

    func taken() { state.withLock { $0.takeWaiter() }?.resume() }

    func finish() {
        let waiter = state.withLock { state in
            state.isOver = true
            return state.takeWaiter()
        }
        waiter?.resume(throwing: CancellationError())
        continuation.finish()
    }
}

extension StreamPipe.State {
    fileprivate mutating func takeWaiter() -> CheckedContinuation<Void, any Error>? {
        defer { waiter = nil }
        return waiter
    }
}
