import Synchronization

/// Those in this process who wait for news on a channel.
///
/// News have no content and are not counted: several before the listener looks are one. Who is told looks at the tables.
final class NotificationHub: Sendable {
    private struct State {
        var nextID: UInt64 = 0
        var listeners: [String: [UInt64: AsyncStream<Void>.Continuation]] = [:]
        var isClosed = false
    }

    private let state = Mutex(State())

    /// Ends when the hub is closed.
    func listen(_ channel: String) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id: UInt64? = state.withLock { state in
            guard !state.isClosed else { return nil }
            state.nextID += 1
            state.listeners[channel, default: [:]][state.nextID] = continuation
            return state.nextID
        }
        guard let id else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in self?.forget(id, channel) }
        return stream
    }

    func tell(_ channels: Set<String>) {
        let told = state.withLock { state in channels.flatMap { state.listeners[$0].map { Array($0.values) } ?? [] } }
        for listener in told { listener.yield() }
    }

    /// Where news may have been missed, everybody looks.
    func tellAll() {
        tell(state.withLock { Set($0.listeners.keys) })
    }

    func close() {
        let all = state.withLock { state in
            state.isClosed = true
            defer { state.listeners = [:] }
            return state.listeners.values.flatMap(\.values)
        }
        for listener in all { listener.finish() }
    }

    private func forget(_ id: UInt64, _ channel: String) {
        state.withLock { state in
            state.listeners[channel]?[id] = nil
            if state.listeners[channel]?.isEmpty == true { state.listeners[channel] = nil }
        }
    }
}

extension StorageError {
    /// Channels are named in code; a name that PostgreSQL would cut or that needs quoting is a fault there.
    static func checkChannel(_ name: String) throws(StorageError) {
        let isPlain = name.utf8.allSatisfy { byte in
            UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || byte == UInt8(ascii: "_")
        }
        guard isPlain, 1...40 ~= name.utf8.count else {
            throw .invalidStatement("a channel's name is 1 to 40 of a-z and _")
        }
    }
}
