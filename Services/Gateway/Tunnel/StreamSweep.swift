import Secrets
import Tokens

/// When one loop looks at what it has under way for tokens that have come to their end.
///
/// Nothing is registered and nothing scheduled, so a request costs nothing for it: once in a second of the wall clock, and
/// on the tick behind a revocation or a change of the ring, however many of them came since the last one.
struct StreamSweep {
    private var sweptAt: Int64 = 0
    private var hasChanged = false

    /// Something that was good may not be good any more.
    mutating func changed() { hasChanged = true }

    /// - Parameter now: seconds since the epoch.
    mutating func isDue(_ now: Int64) -> Bool {
        guard hasChanged || now != sweptAt else { return false }
        hasChanged = false
        sweptAt = now
        return true
    }
}

extension GatewayLoop {
    /// On every tick.
    func endStreams(now: Int64) {
        // Ended behind the look at all of them: who ends goes from the list.
        let ended = clientList.compactMap { client in client.streamEnd(now: now).map { (client, $0) } }
        for (client, end) in ended { client.endStream(end) }
    }

    /// Why a token that was good is not any more; nil while it is.
    /// - Parameter now: seconds since the epoch.
    func end(of token: KnownToken, now: Int64) -> StreamEnd? {
        if now >= token.validity.upperBound { return .expired }
        if isRevoked(token, now: now) { return .revoked }
        // A key that was taken away takes its tokens with it.
        guard let key = ring.key(token.identity.keyID), key.state != .revoked else { return .revoked }
        return nil
    }
}
