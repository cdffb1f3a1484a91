import Foundation
import Synchronization
import Testing

/// Keys changed by hand while requests never stop.
extension SuiteTests {
    @Suite("Rotating by hand, under constant requests, fails no request", .serialized)
    struct HandRotation {
        @Test("with JWT_SECRET, _NEXT and _PREVIOUS as files")
        func threeNames() async throws {
            let old = randomText(bytes: 48)
            let new = randomText(bytes: 48)
            let files = try SecretFiles(["JWT_SECRET": old, "JWT_SECRET_NEXT": "", "JWT_SECRET_PREVIOUS": ""])
            defer { files.remove() }
            try await Self.rotate(files: files, secrets: [old, new]) { step in
                switch step {
                case .begin:
                    try files.write(new, to: "JWT_SECRET_NEXT")
                case .promote:
                    try files.write(old, to: "JWT_SECRET_PREVIOUS")
                    try files.write(new, to: "JWT_SECRET")
                case .finish:
                    try files.write("", to: "JWT_SECRET_NEXT")
                    try files.write("", to: "JWT_SECRET_PREVIOUS")
                }
            }
        }

        @Test("with one ring file")
        func ringFile() async throws {
            let old = randomText(bytes: 48)
            let new = randomText(bytes: 48)
            func ring(_ states: [(String, String)]) -> String {
                let keys = states.map { secret, state in
                    let kid = secret == old ? "key-old" : "key-new"
                    let k = Data(secret.utf8).base64EncodedString().replacingOccurrences(of: "+", with: "-")
                        .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
                    return #"{"kty":"oct","kid":"\#(kid)","alg":"HS256","k":"\#(k)","state":"\#(state)"}"#
                }
                return #"{"keys":[\#(keys.joined(separator: ","))]}"#
            }
            let files = try SecretFiles(["JWT_SECRET": ring([(old, "current")])])
            defer { files.remove() }
            try await Self.rotate(files: files, secrets: [old, new]) { step in
                switch step {
                case .begin: try files.write(ring([(old, "current"), (new, "next")]), to: "JWT_SECRET")
                case .promote: try files.write(ring([(old, "previous"), (new, "current")]), to: "JWT_SECRET")
                case .finish: try files.write(ring([(new, "current")]), to: "JWT_SECRET")
                }
            }
        }

        private enum Step: CaseIterable { case begin, promote, finish }

        private static func rotate(
            files: SecretFiles, secrets: [String], perform: (Step) throws -> Void
        ) async throws {
            var variables: [String: String?] = ["JWT_SECRET": nil]
            for (name, path) in files.paths { variables["\(name)_FILE"] = path }
            let changes = Dictionary(uniqueKeysWithValues: RunningSuite.Service.allCases.map { ($0, variables) })
            try await RunningSuite.run(changes: changes) { suite in
                suite.treatAsSecret(secrets)
                let load = ConstantRequests(suite)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for client in 0..<ConstantRequests.clients { group.addTask { await load.run(client: client) } }
                    do {
                        try await load.waitForMore(20)
                        for step in Step.allCases {
                            let before = try await suite.ringVersions()
                            try perform(step)
                            let everywhere = await poll(seconds: 60) {
                                guard let states = try? await suite.ringStates(),
                                    let after = try? await suite.ringVersions()
                                else { return false }
                                return Set(states.map(\.states)).count == 1
                                    && zip(before, after).allSatisfy { $0 < $1 }
                            }
                            let states = try await suite.ringStates()
                            try #require(everywhere, "\(step) did not reach every service: \(states)")
                            // Tokens of the old key are out until the load has refreshed them.
                            if step == .promote { try await load.waitForFreshTokens() }
                            try await load.waitForMore(40)
                        }
                    } catch {
                        load.stop()
                        throw error
                    }
                    load.stop()
                    try await group.waitForAll()
                }
                #expect(load.failures.isEmpty, "\(load.failures.count) of \(load.count): \(load.failures.prefix(5))")
                print("rotation by hand: \(load.count) requests, \(load.failures.count) failed")
                let kids = try await suite.kids(.gateway)
                #expect(kids.count == 1)
            }
        }
    }
}

/// The files that hold the secrets; each write is whole (rename), as an operator's editor or a kubelet does it.
private struct SecretFiles {
    let folder: URL
    let paths: [String: String]

    init(_ values: [String: String]) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("secrets-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        paths = values.reduce(into: [:]) { [folder] in $0[$1.key] = folder.appendingPathComponent($1.key).path }
        for (name, value) in values { try write(value, to: name) }
    }

    func write(_ value: String, to name: String) throws {
        try Data(value.utf8).write(to: folder.appendingPathComponent(name), options: .atomic)
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }
}

/// Clients that log in once and then call through the gateway and refresh, again and again; a failure is anything but
/// a 200, and a client that meets one stops.
private final class ConstantRequests: Sendable {
    static let clients = 4

    private struct State {
        var count = 0
        /// Per client.
        var refreshes = [Int](repeating: 0, count: ConstantRequests.clients)
        var failures: [String] = []
        var isStopped = false
    }
    private let state = Mutex(State())
    private let suite: RunningSuite

    init(_ suite: RunningSuite) { self.suite = suite }

    var count: Int { state.withLock { $0.count } }
    var failures: [String] { state.withLock { $0.failures } }
    func stop() { state.withLock { $0.isStopped = true } }

    func run(client: Int) async {
        do {
            var session = try await suite.login()
            while !state.withLock({ $0.isStopped }) {
                for _ in 0..<5 {
                    let reply = try await HTTP.get(
                        suite.url(.gateway) + "/api/v1/customers", token: session.accessToken)
                    record(reply.status == 200 ? nil : "\(reply.status) \(reply.text)")
                }
                let reply = try await HTTP.post(
                    suite.url(.gateway) + "/api/v1/auth/refresh", json: ["refresh_token": session.refreshToken])
                record(reply.status == 200 ? nil : "\(reply.status) \(reply.text)")
                session = try suite.session(reply)
                state.withLock { $0.refreshes[client] += 1 }
            }
        } catch {
            record("\(error)")
        }
    }

    private func record(_ failure: String?) {
        state.withLock {
            $0.count += 1
            if let failure { $0.failures.append(failure) }
        }
    }

    func waitForMore(_ number: Int) async throws {
        let target = count + number
        try #require(await poll(seconds: 60) { self.count >= target }, "the load stands still")
    }

    /// Until each of the parallel clients has a token that was signed after now.
    func waitForFreshTokens() async throws {
        // One refresh may have been under way, the next one began after now.
        let targets = state.withLock { $0.refreshes.map { $0 + 2 } }
        let isFresh = await poll(seconds: 60) {
            self.state.withLock { zip($0.refreshes, targets).allSatisfy { $0 >= $1 } }
        }
        try #require(isFresh, "a client no longer refreshes: \(failures.prefix(3))")
    }
}

extension RunningSuite {
    fileprivate struct RingStates { var service: Service; var states: [String: String] }

    fileprivate func ringStates() async throws -> [RingStates] {
        var all: [RingStates] = []
        for service in Service.allCases {
            let secrets = try await keyReport(service).json["secrets"] as? [String: Any] ?? [:]
            let keys = secrets["keys"] as? [[String: Any]] ?? []
            var states: [String: String] = [:]
            for key in keys { states[key["kid"] as? String ?? "?"] = key["state"] as? String }
            all.append(RingStates(service: service, states: states))
        }
        return all
    }

    fileprivate func ringVersions() async throws -> [Int] {
        var versions: [Int] = []
        for service in Service.allCases {
            let secrets = try await keyReport(service).json["secrets"] as? [String: Any] ?? [:]
            versions.append(secrets["ringVersion"] as? Int ?? secrets["ring_version"] as? Int ?? 0)
        }
        return versions
    }
}
