import Foundation
import Synchronization
import TestSupport
import Testing

/// The four services as real processes on free ports, each with its own environment.
///
/// A service may have several replicas, which then need a database that takes them (`Replicas`): its port is a balancer's,
/// and each replica has a port of its own.
final class RunningSuite: Sendable {
    enum Service: String, CaseIterable {
        case platformPortal = "pp-backend"
        case customerPortal = "cp-backend"
        case gateway = "plant-gateway"
        case plant = "plant-backend"

        var executable: String {
            switch self {
            case .platformPortal, .customerPortal: "portal"
            case .gateway: "gateway"
            case .plant: "plant"
            }
        }
    }

    /// How many of a service there are, and the PostgreSQL database that they share.
    struct Replicas: Sendable {
        var count: Int
        var databaseURL: String
    }

    static let adminEmail = "admin@lockstep.example"

    let folder: URL
    let internalToken = randomText(bytes: 32)
    let adminPassword = randomText(bytes: 18)
    let jwtSecret: String
    private let dataKey = randomText(bytes: 48)
    private let environment: String
    private let changes: [Service: [String: String?]]
    private let replicas: [Service: Replicas]
    private let ports: [Service: Int]
    private let replicaPorts: [Service: [Int]]
    private let processes = Mutex<[Service: [Int: ServiceProcess]]>([:])
    private let balancers = Mutex<[Service: Balancer]>([:])
    private let logs = Mutex<[URL]>([])
    private let secrets = Mutex<Set<String>>([])

    /// - Parameter changes: per service, variables to set, or to take away (nil).
    init(
        environment: String = "development", jwtSecret: String = randomText(bytes: 48),
        changes: [Service: [String: String?]] = [:], replicas: [Service: Replicas] = [:]
    ) throws {
        self.replicas = replicas
        self.environment = environment
        self.jwtSecret = jwtSecret
        self.changes = changes
        let ports = Dictionary(uniqueKeysWithValues: Service.allCases.map { ($0, FreePorts.take()) })
        self.ports = ports
        replicaPorts = Dictionary(
            uniqueKeysWithValues: ports.map { service, port in
                (service, replicas[service].map { (0..<$0.count).map { _ in FreePorts.take() } } ?? [port])
            })
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("lockstep-suite-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        treatAsSecret([jwtSecret, internalToken, adminPassword, dataKey])
        for values in changes.values {
            for case (let name, let value?) in values where name.contains("SECRET") && !name.hasSuffix("_FILE") {
                treatAsSecret([value])
            }
        }
    }

    /// Starts the services, waits until each is ready, runs `body`, stops them, and looks for secrets in every log.
    /// - Parameter starting: those that run from the start; `body` may start the others.
    static func run(
        environment: String = "development", jwtSecret: String = randomText(bytes: 48),
        changes: [Service: [String: String?]] = [:], replicas: [Service: Replicas] = [:],
        starting: [Service] = Service.allCases, awaitReadiness: Bool = true, _ body: (RunningSuite) async throws -> Void
    ) async throws {
        let suite = try RunningSuite(
            environment: environment, jwtSecret: jwtSecret, changes: changes, replicas: replicas)
        do {
            try await suite.startBalancers()
            for service in starting {
                for replica in suite.replicaPorts(of: service).indices { try suite.start(service, replica: replica) }
            }
            for service in starting {
                for replica in suite.replicaPorts(of: service).indices {
                    let process = suite.process(service, replica: replica)
                    try await process.waitForHealth()
                    if awaitReadiness { try await process.waitUntilReady() }
                }
            }
            try await body(suite)
        } catch {
            await suite.stop()
            suite.printLogs()
            throw error
        }
        await suite.stop()
        suite.expectNoSecretInLogs()
        suite.removeFolder()
    }

    func removeFolder() { try? FileManager.default.removeItem(at: folder) }

    func port(_ service: Service) -> Int { ports[service] ?? 0 }

    func url(_ service: Service) -> String { "http://127.0.0.1:\(port(service))" }

    /// One port per replica; the service's own where there is one only.
    func replicaPorts(of service: Service) -> [Int] { replicaPorts[service] ?? [] }

    /// A replica's own address, past the balancer.
    func url(_ service: Service, replica: Int) -> String { "http://127.0.0.1:\(replicaPorts(of: service)[replica])" }

    /// Before the replicas of a service that has several.
    func balancer(_ service: Service) -> Balancer {
        guard let balancer = balancers.withLock({ $0[service] }) else {
            preconditionFailure("\(service.rawValue) has one replica only")
        }
        return balancer
    }

    func process(_ service: Service, replica: Int = 0) -> ServiceProcess {
        guard let process = processes.withLock({ $0[service]?[replica] }) else {
            preconditionFailure("\(service.rawValue) was never started")
        }
        return process
    }

    func variables(of service: Service) -> [String: String] {
        var variables = [
            "ENVIRONMENT": environment,
            "JWT_SECRET": jwtSecret,
            "LOCKSTEP_INTERNAL_TOKEN": internalToken,
            "LOG_LEVEL": "debug",
            "PORTAL_URLS": "\(url(.platformPortal)),\(url(.customerPortal))",
            "KEY_AGREEMENT_INTERVAL_SECONDS": "1",
        ]
        switch service {
        case .platformPortal:
            variables["PORTAL_KIND"] = "platform"
            variables["PORTAL_ADMIN_EMAIL"] = Self.adminEmail
            variables["PORTAL_ADMIN_PASSWORD"] = adminPassword
        case .customerPortal:
            variables["PORTAL_KIND"] = "customer"
        case .gateway:
            variables["CUSTOMER_PORTAL_URL"] = url(.customerPortal)
            variables["GW_AUTH_RATE_LIMIT_PER_MINUTE"] = "100000"
        case .plant:
            break
        }
        if service != .gateway {
            variables["DATABASE_URL"] =
                replicas[service]?.databaseURL ?? "sqlite://\(folder.path)/\(service.rawValue).sqlite"
        }
        if service == .platformPortal || service == .customerPortal {
            variables["PORTAL_DATA_KEY"] = dataKey
            variables["PORTAL_COOKIE_SECURE"] = "false"
            variables["REGISTER_VERIFY_EMAIL"] = "false"
            for limit in ["LOGIN_ADDRESS", "LOGIN_ACCOUNT", "REGISTER_ADDRESS"] {
                variables["\(limit)_LIMIT_PER_MINUTE"] = "100000"
            }
            variables["PORTAL_SERVICE_URLS"] = Service.allCases.map(url).joined(separator: ",")
            variables["PLANT_GATEWAY_URL"] = url(.gateway)
        }
        if service != .plant { variables["PLANT_BACKEND_URL"] = url(.plant) }
        for (name, value) in changes[service] ?? [:] { variables[name] = value }
        return variables
    }

    func startBalancers() async throws {
        for service in replicas.keys {
            let balancer = try await Balancer.start(port: port(service), backends: replicaPorts(of: service))
            balancers.withLock { $0[service] = balancer }
        }
    }

    /// - Parameter changes: for this replica alone, on top of the service's.
    @discardableResult
    func start(
        _ service: Service, replica: Int = 0, changes: [String: String?] = [:]
    ) throws -> ServiceProcess {
        var variables = variables(of: service)
        var name = service.rawValue
        if replicas[service] != nil {
            name += "-\(replica)"
            variables["LOCKSTEP_INSTANCE"] = name
        }
        for (name, value) in changes { variables[name] = value }
        let process = try ServiceProcess(
            service.executable, name: name, port: replicaPorts(of: service)[replica], environment: variables,
            folder: folder)
        processes.withLock { $0[service, default: [:]][replica] = process }
        logs.withLock { $0.append(process.logFile) }
        return process
    }

    func stop() async {
        for process in processes.withLock({ $0.values.flatMap(\.values) }) { await process.stop() }
        for balancer in balancers.withLock({ Array($0.values) }) { await balancer.stop() }
    }

    // MARK: What is asked in most tests

    func login(
        _ portal: Service = .platformPortal, email: String = RunningSuite.adminEmail, password: String? = nil
    ) async throws -> Session {
        let reply = try await HTTP.post(
            url(portal) + "/api/v1/auth/login", json: ["email": email, "password": password ?? adminPassword])
        try #require(reply.status == 200, "login: \(reply.status) \(reply.text)")
        return try session(reply)
    }

    func session(_ reply: HTTP.Reply) throws -> Session {
        let access = try #require(reply.json["access_token"] as? String)
        let refresh = try #require(reply.json["refresh_token"] as? String)
        treatAsSecret([access, refresh])
        return Session(accessToken: access, refreshToken: refresh)
    }

    struct Session {
        var accessToken: String
        var refreshToken: String
    }

    /// `/internal/v1/keys` of a service.
    func keyReport(_ service: Service) async throws -> HTTP.Reply {
        try await HTTP.get(url(service) + "/internal/v1/keys", token: internalToken)
    }

    // MARK: Logs

    func treatAsSecret(_ values: [String]) {
        secrets.withLock { $0.formUnion(values.filter { $0.utf8.count >= 8 }) }
    }

    func expectNoSecretInLogs() {
        let search = SecretSearch(secrets.withLock { $0 })
        for file in logs.withLock({ $0 }) {
            guard let log = try? Data(contentsOf: file) else { continue }
            for value in search.found(in: log) {
                Issue.record("\(file.lastPathComponent) holds a secret of \(value.utf8.count) bytes")
            }
        }
    }

    private func printLogs() {
        for file in logs.withLock({ $0 }) {
            let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
            print("--- \(file.lastPathComponent)\n\(text.suffix(6_000))")
            // What a service calls its own fault may be long before the end.
            for line in text.split(separator: "\n").filter({ $0.contains("internal_error") }).suffix(20) { print(line) }
        }
    }
}

/// base64url of random bytes.
func randomText(bytes: Int) -> String {
    var generator = SystemRandomNumberGenerator()
    let data = Data((0..<bytes).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    return data.base64EncodedString().replacingOccurrences(of: "+", with: "-")
        .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
}
