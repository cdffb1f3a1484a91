import AsyncHTTPClient
import HTTPTypes
import HummingbirdTesting
import NIOCore
import NIOHTTP1
import Storage
import TestSupport
import Testing

@testable import Portal

@Suite("The page of a statement that still runs") struct RunningPageTests {
    /// As if it were begun at that moment, and not ended.
    private static func begin(_ portal: TestPortal, at moment: Int64) async throws {
        try await portal.database.write {
            _ = try await $0.execute("UPDATE db_updates_runs SET state = 'running', begun_at = ?", [.integer(moment)])
        }
    }

    @Test("it says so, listens, and has a way to look again; where it has ended it listens to nothing")
    func listens() async throws {
        try await FakeDatabase.visit { browser, stage in
            _ = try await browser.openDBUpdates()
            let (address, ended) = try await browser.run("SELECT 1")
            #expect(!ended.text.contains("data-live"))
            #expect(ended.text.contains("id=\"outcome-part\" data-part"))
            try await Self.begin(stage.portal, at: stage.portal.clock.now)
            let page = try await browser.get(address).text
            #expect(page.contains("It is running"))
            #expect(page.contains("data-live=\"\(address)/live\""))
            #expect(page.contains("href=\"\(address)\""))
            #expect(page.contains("id=\"outcome-part\" data-part"))
            try await Self.begin(stage.portal, at: stage.portal.clock.now - 61)
            let lost = try await browser.get(address).text
            #expect(lost.contains("What came of it is not known"))
            #expect(!lost.contains("data-live"))
            #expect(stage.statements.count == 1)
        }
    }

    @Test("its end is news, though it came before the page listened, and news say nothing of it")
    func ends() async throws {
        let plant = FakeDatabase()
        try await UpstreamServer.with({ plant.answer($0) }) { gateway in
            let portal = try await TestPortal(
                extra: FakeDatabase.on.merging(["PLANT_GATEWAY_URL": gateway.url]) { $1 })
            let (address, session) = try await portal.test { client in
                var browser = Browser(client)
                _ = try await browser.signIn()
                _ = try await browser.openDBUpdates()
                return (try await browser.run("SELECT 'secret of mine'").address, browser.sessionCookie ?? "")
            }
            try await portal.testLive { url in
                var request = HTTPClientRequest(url: url + address + "/live")
                request.headers.add(name: "Cookie", value: "lockstep_platform_session=\(session)")
                let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
                #expect(answer.status == .ok)
                var text = ""
                for try await piece in answer.body {
                    text += String(buffer: piece)
                    if text.contains("event: changed\ndata: 1\n\n") { break }
                }
                #expect(!text.contains("secret"))
            }
        }
    }

    @Test("nobody listens without a session")
    func signedOut() async throws {
        try await FakeDatabase.visit { browser, _ in
            _ = try await browser.openDBUpdates()
            let (address, _) = try await browser.run("SELECT 1")
            var stranger = Browser(browser.client)
            #expect(try await stranger.get(address + "/live").status == .unauthorized)
        }
    }
}
