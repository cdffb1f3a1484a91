import Contracts
import HTTPKit
import Logging
import Secrets
import ServiceKit
import ServiceLifecycle

/// What pages show of the fleet: the table as it is now, and what the services answered that were asked for their keys.
/// Asking takes as long as the slowest of them, so it is done beforehand and not while somebody waits for a page.
actor FleetBoard {
    /// Between rounds of asking while somebody looks.
    static let interval = Duration.seconds(4)
    /// Seconds between rounds while nobody does.
    private static let idleInterval: Int64 = 30
    /// Seconds without a look after which nobody does.
    private static let attention: Int64 = 60
    /// Seconds for which the table that was read is good.
    private static let freshness: Int64 = 1

    private let own: @Sendable () -> KeyStanding
    private let diagnostics: @Sendable () -> SecretDiagnostics
    private let ask: @Sendable (SecretDiagnostics) async -> [KeyStanding]
    private let read: @Sendable () async throws -> (replicas: [FleetTable.Replica], rotation: RotationRecord?)
    private let uptime: @Sendable () -> Int64

    private var asked: (standings: [KeyStanding], at: Int64)?
    private var picture: (FleetPicture, at: Int64)?
    private var lookedAt: Int64?
    /// Somebody reads the table right now: who comes meanwhile is shown what was read before, where there is something.
    private var isReading = false

    /// - Parameters:
    ///   - ask: services whose addresses are known, beside those that report.
    ///   - read: the fleet table.
    ///   - uptime: seconds that only grow.
    init(
        own: @escaping @Sendable () -> KeyStanding, diagnostics: @escaping @Sendable () -> SecretDiagnostics,
        ask: @escaping @Sendable (SecretDiagnostics) async -> [KeyStanding],
        read: @escaping @Sendable () async throws -> (replicas: [FleetTable.Replica], rotation: RotationRecord?),
        uptime: @escaping @Sendable () -> Int64
    ) {
        self.own = own
        self.diagnostics = diagnostics
        self.ask = ask
        self.read = read
        self.uptime = uptime
    }

    /// At most a second older than the reading that is under way. Throws where the database does not answer.
    func look() async throws -> FleetPicture {
        let now = uptime()
        lookedAt = now
        if let (picture, at) = picture, isReading || now - at < Self.freshness { return picture }
        isReading = true
        defer { isReading = false }
        if asked == nil { await askAll() }
        let (replicas, rotation) = try await read()
        let diagnostics = diagnostics()
        let fresh = FleetPicture(
            standings: KeyStanding.table(
                own: own(), reported: replicas.map { KeyStanding.judge($0, own: diagnostics) },
                asked: asked?.standings ?? []),
            rotation: rotation, refused: RefusedTokens.gathered(from: replicas))
        picture = (fresh, now)
        return fresh
    }

    /// Asks the services once more if somebody looks, or if it is long ago.
    func askIfDue() async {
        let now = uptime()
        let isWatched = lookedAt.map { now - $0 < Self.attention } ?? false
        let isLongAgo = asked.map { now - $0.at >= Self.idleInterval } ?? true
        if isWatched || isLongAgo { await askAll() }
    }

    private func askAll() async {
        let now = uptime()
        asked = (await ask(diagnostics()), now)
    }
}

/// Keeps the board's answers fresh.
final class FleetBoardKeeping: Service {
    private let board: FleetBoard

    init(board: FleetBoard) { self.board = board }

    func run() async throws {
        await cancelWhenGracefulShutdown { [board] in
            while !Task.isCancelled {
                guard (try? await Task.sleep(for: FleetBoard.interval)) != nil else { return }
                await board.askIfDue()
            }
        }
    }
}
