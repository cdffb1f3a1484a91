import Gateway
import Testing

@Suite("What the data path performs")
struct RouteFeaturesTests {
    private static let written: [RouteFeature: String] = [
        .hosts: "hosts: [a.example]", .upstream: "upstream: u", .enrichment: "enrichment: {ttl: 1s}",
        .timeouts: "timeouts: {total: 1s}", .maximumBody: "max_body: 1MiB",
        .rateLimit: "rate_limit: {requests: 1, per_seconds: 1}", .cors: "cors: {origins: ['*']}",
        .requestHeaders: "request_headers: {remove: [X-A]}", .responseHeaders: "response_headers: {remove: [X-A]}",
    ]

    private static func file(_ feature: RouteFeature) throws -> [UInt8] {
        let member = try #require(written[feature])
        return Array(
            """
            version: 1
            upstreams: {u: {targets: [http://a, http://b]}, v: {targets: [http://c]}}
            routes:
              - {prefix: /, \(feature == .upstream ? "" : "upstream: v, ")\(member)}
              - {prefix: /other, upstream: \(feature == .upstream ? "v" : "u")}
            """.utf8)
    }

    @Test("each feature is seen where it is used, and no other", arguments: RouteFeature.allCases)
    func isUsed(_ feature: RouteFeature) throws {
        let table = try RoutesFile.read(try Self.file(feature))
        let route = try #require(table.routes.first { $0.prefix == "/" })
        #expect(RouteFeature.allCases.filter { RouteFeatures.isUsed($0, by: route) } == [feature])
        #expect(RouteFeatures.unperformed(route) == (RouteFeatures.notPerformed.contains(feature) ? [feature] : []))
    }

    @Test("the built-in table asks for nothing that is not performed")
    func builtIn() {
        #expect(RouteTable.builtIn.routes.allSatisfy { RouteFeatures.unperformed($0).isEmpty })
    }
}
