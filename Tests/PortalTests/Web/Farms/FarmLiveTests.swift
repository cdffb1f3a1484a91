import AsyncHTTPClient
import HTTPTypes
import HummingbirdTesting
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import Portal

@Suite struct FarmLiveTests {
    private static let events = UpstreamServer.Answer.raw(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
            + "event: block.state\ndata: {\"farm_id\":\"\(FarmAnswers.farmID)\",\"by\":\"secret-subject\"}\n\n",
        thenClose: false)

    @Test("what happens on a farm reaches its page as the word that something did, and nothing more")
    func changed() async throws {
        var facts = FakePlant.Facts()
        facts.events = Self.events
        let plant = FakePlant(facts)
        try await UpstreamServer.with({ plant.answer($0) }) { gateway in
            let portal = try await TestPortal(
                extra: ["PLANT_GATEWAY_URL": gateway.url, "PORTAL_SERVICE_URLS": "http://127.0.0.1:9"])
            let session = try await portal.test { client in
                var browser = Browser(client)
                _ = try await browser.signIn()
                return browser.sessionCookie ?? ""
            }
            try await portal.testLive { url in
                var request = HTTPClientRequest(url: url + FakePlant.farmPath + "/events")
                request.headers.add(name: "Cookie", value: "lockstep_platform_session=\(session)")
                let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
                #expect(answer.status == .ok)
                #expect(answer.headers.first(name: "Content-Type") == "text/event-stream")
                var text = ""
                for try await piece in answer.body {
                    text += String(buffer: piece)
                    // That somebody listens, and then the change.
                    if text.matches(of: #/event: changed\ndata: 1\n\n/#).count > 1 { break }
                }
                #expect(!text.contains("secret-subject"))
            }
        }
    }

    @Test("nobody listens without a session")
    func signedOut() async throws {
        try await FakePlant.visit { browser, _, gateway in
            var visitor = Browser(browser.client)
            let answer = try await visitor.get(FakePlant.farmPath + "/events")
            #expect(answer.status == .unauthorized)
            #expect(gateway.requests.isEmpty)
        }
    }
}
