import NIOCore

extension GatewayLoop {
    /// Asks every loop the same, each on its own thread, and joins the answers here: nothing is shared, nothing locked.
    /// - Parameter done: called on this loop, with answers in the order of the loops' numbers.
    func gather<Answer: Sendable>(
        _ ask: @escaping @Sendable (GatewayLoop) -> Answer, _ done: @escaping ([Answer]) -> Void
    ) {
        // Its first connection comes behind the introduction; a loop that was never introduced is alone.
        guard peers.count > 1 else { return done([ask(self)]) }
        let answers = peers.map { peer in peer.eventLoop.submit { ask(peer.value) } }
        let own = NIOLoopBound(self, eventLoop: eventLoop)
        EventLoopFuture.whenAllSucceed(answers, on: eventLoop).assumeIsolated().whenComplete { result in
            switch result {
            case .success(let answers): done(answers)
            // A loop that has ended; this one is about to.
            case .failure: done([ask(own.value)])
            }
        }
    }

    /// Before the first connection.
    static func introduce(_ loops: [NIOLoopBound<GatewayLoop>]) async throws {
        for loop in loops { try await loop.eventLoop.submit { loop.value.peers = loops }.get() }
    }
}
