import Foundation
import TestSupport

/// The gateway as the executable that is shipped. Metrics are a process's own: only here does nobody else count.
struct GatewayProcess: Sendable {
    let port: Int
    let socket: String
    private let folder: TemporaryFolder

    /// Beside the test bundle that runs this.
    private static let executable = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        .deletingLastPathComponent().appendingPathComponent("gateway").path

    /// - Parameters:
    ///   - routes: the file's text.
    ///   - variables: over the tests' own.
    static func run(
        plant: String, routes: String, _ variables: [String: String] = [:],
        _ body: (GatewayProcess) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        try folder.write(routes, to: "routes.yaml")
        let all = [
            "ENVIRONMENT": "test", "JWT_SECRET": TestGateway.secret,
            "LOCKSTEP_INTERNAL_TOKEN": TestGateway.internalToken, "PLANT_BACKEND_URL": plant, "HOST": "127.0.0.1",
            "PORT": "0", "GW_THREADS": "1", "GW_ROUTES_FILE": folder.path("routes.yaml"), "LOG_FORMAT": "json",
            "LOG_LEVEL": "info", "GW_ENRICHMENT_TIMEOUT_MS": "30000", "GW_LISTEN_UNIX": folder.path("gateway.sock"),
            "GW_REVOCATIONS": "false", "LD_LIBRARY_PATH": ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"] ?? "",
        ].merging(variables) { $1 }
        let tool = try Tool.start(
            executable, [], output: folder.path("out"), errors: folder.path("err"), variables: all)
        do {
            var port: Int?
            try await Tool.until {
                port = lines(folder).lazy.compactMap(listening).first
                return port != nil
            }
            try await body(
                GatewayProcess(port: port ?? 0, socket: folder.path("gateway.sock"), folder: folder))
        } catch {
            try await tool.stop()
            let log = ["out", "err"].compactMap { try? folder.read($0) }.joined()
            throw Tool.Failure(description: "\(error); its log:\n\(log)")
        }
        try await tool.stop()
    }

    /// Behind the one of the network comes the one of the socket.
    private static func listening(_ line: [String: Any]) -> Int? {
        guard line["msg"] as? String == "listening", let address = line["address"] as? String,
            !address.hasPrefix("unix:")
        else { return nil }
        return address.split(separator: ":").last.flatMap { Int($0) }
    }

    private static func lines(_ folder: TemporaryFolder) -> [[String: Any]] {
        let text = ["out", "err"].compactMap { try? folder.read($0) }.joined()
        return text.split(separator: "\n").compactMap {
            try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }
    }

    /// Lines of the log with that message, once there are so many.
    func log(_ message: String, count: Int = 1) async throws -> [[String: Any]] {
        var found: [[String: Any]] = []
        try await Tool.until {
            found = Self.lines(folder).filter { $0["msg"] as? String == message }
            return found.count >= count
        }
        return found
    }

    func write(routes: String) throws { try folder.write(routes, to: "routes.yaml") }

    func connect() async throws -> RawClient { try await RawClient.connect(port: port) }

    /// By the socket, so that who looks is in nobody's way.
    func metrics(_ client: RawClient) async throws -> ScrapedMetrics {
        let line = "Authorization: Bearer \(TestGateway.internalToken)"
        let response = try await client.request(TestGateway.request("GET", "/metrics", [line]))
        guard response.status == 200 else { throw Tool.Failure(description: "/metrics: \(response.status)") }
        return ScrapedMetrics(response.text)
    }

    /// Looks until it is so: a loop counts a request that has ended behind its answer's last byte.
    func metrics(until condition: (ScrapedMetrics) -> Bool) async throws -> ScrapedMetrics {
        let client = try await RawClient.connect(port: 0, unixPath: socket)
        defer { client.close() }
        var last = try await metrics(client)
        try? await Tool.until {
            if condition(last) { return true }
            if let next = try? await metrics(client) { last = next }
            return condition(last)
        }
        return last
    }
}

/// An exposition, read as Prometheus reads it.
struct ScrapedMetrics {
    private let series: [(name: String, labels: [String: String], value: Double)]
    let text: String

    init(_ text: String) {
        self.text = text
        series = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap { line in
            guard let match = line.wholeMatch(of: /([a-z_]+)(\{(.*)\})? ([^ ]+)/), let value = Double(match.4) else {
                return nil
            }
            let labels = (match.3 ?? "").matches(of: /([a-z_]+)="([^"]*)"/).map { (String($0.1), String($0.2)) }
            return (String(match.1), Dictionary(labels, uniquingKeysWith: { $1 }), value)
        }
    }

    /// The one series of that name with exactly these labels; nil where there is none.
    subscript(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        series.first { $0.name == name && $0.labels == labels }?.value
    }

    /// Every name, of histograms without their endings.
    var families: Set<String> {
        Set(text.split(separator: "\n").filter { $0.hasPrefix("# TYPE ") }.map { String($0.split(separator: " ")[2]) })
    }
}
