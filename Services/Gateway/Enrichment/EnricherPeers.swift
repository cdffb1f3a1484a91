import NIOCore

/// The enrichers of all loops: each token has its owner among them, which alone asks the plant about it. So there is one
/// call for a token however many loops its requests come in on.
struct EnricherPeers: Sendable {
    private let all: [NIOLoopBound<Enricher>]

    init(_ all: [NIOLoopBound<Enricher>]) { self.all = all }

    func owner(of digest: TokenDigest) -> NIOLoopBound<Enricher>? {
        all.isEmpty ? nil : all[Int(digest.share % UInt64(all.count))]
    }

    /// Before the first connection: until then each loop is its tokens' owner.
    static func introduce(_ loops: [NIOLoopBound<GatewayLoop>]) async throws {
        var all: [NIOLoopBound<Enricher>] = []
        for loop in loops {
            let enricher = try await loop.eventLoop.submit {
                loop.value.enricher.map { NIOLoopBound($0, eventLoop: loop.eventLoop) }
            }.get()
            if let enricher { all.append(enricher) }
        }
        let peers = EnricherPeers(all)
        for enricher in all { try await enricher.eventLoop.submit { enricher.value.peers = peers }.get() }
    }
}
