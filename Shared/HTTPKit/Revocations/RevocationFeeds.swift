import AsyncHTTPClient
package import Logging
import NIOCore
package import ServiceKit
import ServiceLifecycle
import Tokens

/// The feeds of all who revoke tokens, in one service; what arrives goes to the board, and readiness says when one is lost.
package final class RevocationFeeds: Service {
    /// The readiness check that it sets. A lost feed warns and does not stop anybody: tokens are verified as before, and
    /// expire as before.
    package static let check = "revocations"

    package let feeds: [RevocationFeed]
    private let board: RevocationBoard
    private let internalToken: InternalToken
    private let readiness: Readiness
    private let clock: WallClock

    /// - Parameter urls: of portals and plant, without trailing slash.
    package init(
        urls: [String], internalToken: InternalToken, board: RevocationBoard, readiness: Readiness, clock: WallClock,
        logger: Logger
    ) {
        self.board = board
        self.internalToken = internalToken
        self.readiness = readiness
        self.clock = clock
        let tokens = RevocationToken(internalToken: internalToken.secret)
        let (changes, change) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        self.changes = changes
        feeds = urls.map { url in
            RevocationFeed(
                url: url, tokens: tokens, sink: { board.revoke($0, now: clock.now()) }, changed: { change.yield() },
                clock: clock, logger: logger)
        }
        show()
    }

    /// In the order of the addresses.
    package var standings: [RevocationFeed.Standing] { feeds.map(\.standing) }

    private let changes: AsyncStream<Void>

    package func run() async throws {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout = .init(connect: .seconds(3), read: .seconds(Int64(RevocationClient.wait) + 5))
        // A connection that fails is an answer; the feed asks again by itself.
        configuration.connectionPool.retryConnectionEstablishment = false
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let client = RevocationClient(client: http, internalToken: internalToken)
        await cancelWhenGracefulShutdown { [self] in
            await withTaskGroup(of: Void.self) { group in
                for feed in feeds {
                    group.addTask { await feed.run { await client.ask($0, after: $1, wait: $2) } }
                }
                group.addTask { [self] in
                    for await _ in changes { show() }
                }
                await group.waitForAll()
            }
        }
        try await http.shutdown()
    }

    /// All of them live, or what is to be said.
    func show() {
        let standings = feeds.map(\.standing)
        let lost = standings.filter(\.isLost)
        board.setLost(!lost.isEmpty)
        if !lost.isEmpty {
            let now = clock.now()
            let details = lost.map { standing in
                "\(standing.url) since \(standing.lostSince.map { "\(max(0, now - $0)) s" } ?? "the start")"
                    + (standing.lastFailure.map { ": \($0)" } ?? "")
            }
            readiness.set(Self.check, .warning(code: "lost", detail: details.joined(separator: "; ")))
        } else if let pending = standings.first(where: { !$0.isLive }) {
            readiness.set(Self.check, .warning(code: "pending", detail: "\(pending.url) was not read to its end yet"))
        } else {
            readiness.set(Self.check, .ready)
        }
    }
}
