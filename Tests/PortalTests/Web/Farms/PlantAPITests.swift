import AsyncHTTPClient
import NIOPosix
import TestSupport
import Testing

@testable import Portal

@Suite struct PlantAPITests {
    private struct Nothing: Decodable {}

    @Test("questions that come in one moment wait for each other, and all are answered")
    func places() async throws {
        let client = HTTPClient(
            eventLoopGroup: .singletonMultiThreadedEventLoopGroup, configuration: Portal.clientConfiguration)
        let visitor = try await SamplePages().visitor
        try await UpstreamServer.with({ _ in .json("{}") }) { gateway in
            let plant = PlantAPI(client: client, gatewayURL: gateway.url)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<300 {
                    group.addTask {
                        _ = try await plant.get(PlantPath("/api/v1/farm/farms"), as: Nothing.self, for: visitor)
                    }
                }
                try await group.waitForAll()
            }
            #expect(gateway.requests.count == 300)
            // One of the client's connections carries one request at a time.
            #expect(gateway.requests.map(\.connection).max() ?? 0 <= PlantAPI.maximumUnderWay)
        }
        try await client.shutdown()
    }
}
