import Contracts
import Secrets
import Synchronization
import TestSupport
import Testing

@testable import Portal

@Suite("The fleet board")
struct FleetBoardTests {
    /// A fleet of one service that is asked and does not report, and how often it was asked and the table read.
    private final class World: Sendable {
        struct Counts: Equatable {
            var asked = 0
            var read = 0
        }
        let clock = ManualClock(0)
        private let state = Mutex(Counts())

        var counts: Counts { state.withLock { $0 } }

        func board() -> FleetBoard {
            let diagnostics = SecretDiagnostics(
                environment: "staging", environmentDetectedFrom: "ENVIRONMENT", sources: [], winner: "file A",
                ringVersion: 1, keys: [], warnings: [])
            return FleetBoard(
                own: { .own(diagnostics, service: "portal", instance: "host-1") }, diagnostics: { diagnostics },
                ask: { own in
                    let number = self.state.withLock { counts in
                        counts.asked += 1
                        return counts.asked
                    }
                    return [KeyStanding.judge(.status(500 + number), url: "http://plant", own: own)]
                },
                read: {
                    self.state.withLock { $0.read += 1 }
                    return ([], nil)
                }, uptime: { self.clock.now })
        }
    }

    private static func status(_ picture: FleetPicture) -> KeyStanding.Finding? { picture.standings.last?.finding }

    @Test("who looks first waits for the services' answers, who looks within the second is shown the same")
    func first() async throws {
        let world = World()
        let board = world.board()
        #expect(Self.status(try await board.look()) == .answers(status: 501))
        _ = try await board.look()
        #expect(world.counts == .init(asked: 1, read: 1))
        world.clock.advance(1)
        _ = try await board.look()
        #expect(world.counts == .init(asked: 1, read: 2))
    }

    @Test("services are asked in each round while somebody looks, and now and then while nobody does")
    func rounds() async throws {
        let world = World()
        let board = world.board()
        func asked(after seconds: Int64) async -> Int {
            world.clock.advance(seconds)
            await board.askIfDue()
            return world.counts.asked
        }
        let idle = [await asked(after: 0), await asked(after: 0), await asked(after: 29), await asked(after: 1)]
        #expect(idle == [1, 1, 1, 2])
        // Who comes after a while is shown what the next round brings.
        _ = try await board.look()
        #expect(await asked(after: 4) == 3)
        #expect(Self.status(try await board.look()) == .answers(status: 503))
        let left = [await asked(after: 59), await asked(after: 1), await asked(after: 4)]
        #expect(left == [4, 4, 4])
    }
}
