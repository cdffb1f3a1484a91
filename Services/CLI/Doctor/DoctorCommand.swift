import ArgumentParser
import AsyncHTTPClient
import Foundation
import HTTPKit
import Secrets
import ServiceKit

struct DoctorCommand: LockstepCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Ask every service whether all hold the same key; say what is wrong and what to do.",
        discussion: """
            Asks each service for its environment, source, ring, kids, agreement and clock, the fleet keeper for all \
            replicas, and sends a token without rights the way that everybody's take: portal, gateway, plant. Problems \
            come first, each with its cause and the next command.

            Addresses are read from PORTAL_URLS, PLANT_GATEWAY_URL and PLANT_BACKEND_URL of .env and the environment \
            where they are not given, and without those from the compose file, as `lockstep up` runs it; \
            LOCKSTEP_INTERNAL_TOKEN as the services have it.

            --format json prints an object with verdict (well, wrong, unknown), findings (severity, code, subject, cause, \
            next), services, token (the hops) and fleet.

            Exit codes: 0 all is well (warnings at most) · 1 something is wrong · 2 it could not be found out

            Examples:
              lockstep doctor
              lockstep doctor --portal https://portal.example --gateway https://api.example --plant http://plant:8001
              lockstep doctor --format json | jq '.findings[]'
            """)

    @Option(help: "A portal; the first is the platform portal, which keeps the fleet table. May be repeated.")
    var portal: [String] = []

    @Option(help: "The gateway.")
    var gateway: String?

    @Option(help: "The plant.")
    var plant: String?

    @Option(help: "Another service that answers /internal/v1/keys. May be repeated.")
    var service: [String] = []

    @OptionGroup var project: ProjectOptions
    @OptionGroup var output: FormatOption

    func run(in context: CommandContext) async throws(CommandFailure) {
        let project = try Project.load(project, in: context)
        let variables = project.variables
        let environment: DeploymentEnvironment
        do throws(SecretError) {
            environment = try EnvironmentDetection.detect(variables).environment
        } catch {
            throw CommandFailure(error)
        }
        let reader = SettingsReader(variables: variables)
        let internalToken = InternalToken(reader: reader, environment: environment)
        let leeway = Int64(reader.int("JWT_LEEWAY_SECONDS", default: 60, in: 0...300))
        let portals =
            portal.isEmpty ? reader.urls("PORTAL_URLS") + [reader.url("PORTAL_URL")].compactMap(\.self) : portal
        let gateway = gateway ?? reader.url("PLANT_GATEWAY_URL")
        let plant = plant ?? reader.url("PLANT_BACKEND_URL")
        do throws(SettingsError) {
            try reader.finish()
        } catch {
            throw CommandFailure(.configuration, lines: error.faults.map { "\($0.variable) \($0.problem) \($0.mend)" })
        }
        var named =
            portals.map { ("portal", $0) } + [gateway].compactMap(\.self).map { ("gateway", $0) }
            + [plant].compactMap(\.self).map { ("plant", $0) } + service.map { ("service", $0) }
        if named.isEmpty, let plan = try? StackPlan.load(project, profiles: [], in: context) {
            named = Self.addresses(of: plan)
        }
        guard !named.isEmpty else {
            throw CommandFailure(
                .usage, "nobody to ask: give --portal, --gateway and --plant, or set PORTAL_URLS and the like")
        }
        let addresses = named.map { ($0.0, $0.1.hasSuffix("/") ? String($0.1.dropLast()) : $0.1) }
        let client = DoctorClient(client: DoctorClient.makeHTTPClient(), internalToken: internalToken)
        let observation = await Self.observe(client, addresses, leeway: leeway)
        try? await client.client.shutdown()
        let report = DoctorReport(observation)
        switch output.format {
        case .json: context.console.out(try JSONText.of(report))
        case .text:
            let colours = isatty(STDOUT_FILENO) == 1 && (variables["NO_COLOR"] ?? "").isEmpty
            for line in report.lines(colours: colours) { context.console.out(line) }
        }
        switch report.verdict {
        case "well": return
        case "wrong": throw .negative
        default: throw CommandFailure(.undetermined, lines: [])
        }
    }

    /// Role and address of each service of ours in a local stack; the platform portal, which keeps the fleet table, first.
    static func addresses(of plan: StackPlan) -> [(String, String)] {
        let roles = ["portal", "gateway", "plant"]
        let found = plan.services.compactMap { service -> (rank: Int, role: String, address: String)? in
            let role = URL(fileURLWithPath: service.executable).lastPathComponent
            guard let address = service.address, let rank = roles.firstIndex(of: role) else { return nil }
            let isCustomerPortal = service.environment["PORTAL_KIND"] == "customer"
            return (rank * 2 + (isCustomerPortal ? 1 : 0), role, address)
        }
        return found.sorted { $0.rank < $1.rank }.map { ($0.role, $0.address) }
    }

    private static func observe(
        _ client: DoctorClient, _ addresses: [(String, String)], leeway: Int64
    ) async -> DoctorObservation {
        func first(_ role: String) -> String? { addresses.first { $0.0 == role }?.1 }
        async let services = withTaskGroup(of: (Int, DoctorObservation.Service).self) { group in
            for (index, (role, url)) in addresses.enumerated() {
                group.addTask { (index, await client.service(role, url)) }
            }
            var found: [(Int, DoctorObservation.Service)] = []
            for await service in group { found.append(service) }
            return found.sorted { $0.0 < $1.0 }.map(\.1)
        }
        guard let portal = first("portal") else {
            return DoctorObservation(services: await services, fleet: nil, hops: [], leeway: leeway)
        }
        async let fleet = client.fleet(portal)
        async let hops = client.trip(portal: portal, gateway: first("gateway"), plant: first("plant"))
        return DoctorObservation(services: await services, fleet: await fleet, hops: await hops, leeway: leeway)
    }
}
