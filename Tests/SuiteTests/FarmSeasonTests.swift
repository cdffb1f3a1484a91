import Foundation
import PlantTesting
import ServiceKit
import TestSupport
import Testing

extension SuiteTests {
    /// Issue 6: the whole season over HTTP through the gateway, with real processes.
    @Suite("A farm's season through the gateway", .serialized, .timeLimit(.minutes(10)))
    struct FarmSeasons {
        @Test("from an empty block to an empty block, figures by hand, and each event once and in order")
        func onSQLite() async throws {
            try await RunningSuite.run { try await Self.grow($0) }
        }

        @Test(
            "the same on PostgreSQL",
            .enabled(if: TestedPostgreSQL.isNamed, "LOCKSTEP_TEST_POSTGRES_URL names no server"))
        func onPostgreSQL() async throws {
            try await TestedPostgreSQL.withSuiteDatabases(count: 1) { replicas in
                let changes = replicas.mapValues { ["DATABASE_URL": Optional($0.databaseURL)] }
                try await RunningSuite.run(changes: changes) { try await Self.grow($0) }
            }
        }

        /// What grows takes three months, which are over: everything is entered later than it happened.
        private static func grow(_ suite: RunningSuite) async throws {
            let token = try await suite.login(.gateway).accessToken
            var listener = try await FarmEventStream(suite.url(.gateway), token: token)

            let began = try await TomatoSeason.begin(season(suite, token))
            let heard = try await listener.next(TomatoSeason.eventsToAlert.count)
            #expect(heard.map(\.words) == TomatoSeason.eventsToAlert)
            #expect(heard.allSatisfy { $0.farm == began.farm })

            // The listener's connection is gone meanwhile.
            listener = try await FarmEventStream(suite.url(.gateway), token: token, after: heard[2].id)
            try await began.finish()
            let missed = Array(heard[3...].map(\.words))
            let rest = try await listener.next(missed.count + TomatoSeason.eventsFromAlert.count)
            #expect(rest.map(\.words) == missed + TomatoSeason.eventsFromAlert)
            #expect(Array(rest.prefix(missed.count)) == Array(heard[3...]), "the same events, under the same ids")
            #expect(Set((heard + rest).map(\.id)).count == heard.count + TomatoSeason.eventsFromAlert.count)

            try await LettuceSeason.run(season(suite, token))
            let others = try await listener.next(2)
            #expect(others.map(\.words) == ["farm.created", "block.created"], "nothing came between, nothing twice")
            #expect(others.allSatisfy { $0.farm != began.farm })
        }

        private static func season(_ suite: RunningSuite, _ token: String) -> FarmSeason {
            let prefix = suite.url(.gateway) + "/api/v1/farm"
            let today: @Sendable () -> Int64 = { Timestamp(seconds: WallClock.system.now()).date.daysSinceEpoch }
            let start = today() - TomatoSeason.lastDay - 5
            return FarmSeason(
                from: CivilDate(daysSinceEpoch: start),
                send: { method, path, json in
                    let object = try json.map { try JSONSerialization.jsonObject(with: Data($0.utf8)) }
                    let reply = try await HTTP.send(
                        method, prefix + path, json: object as? [String: Any], token: token)
                    return .init(status: reply.status, text: reply.text)
                }, today: { _ in today() - start })
        }
    }
}
