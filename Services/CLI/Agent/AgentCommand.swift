import ArgumentParser
import HTTPKit
import Secrets
import ServiceKit

struct AgentCommand: LockstepCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent", abstract: "Speak for a service in another language: prove its key, report to the fleet.",
        discussion: """
            Runs beside the service, over the same variables, files and stores, and finds the secret as the suite's \
            services do. Each probe of an issuer is verified with it, and the fleet keeper is told how that went; \
            SIGTERM says goodbye to it, SIGHUP looks at the sources at once.

            It proves what lies where the service reads its secret. A service that reads it at its start alone holds \
            what lay there then: give --pinned, and restart the agent whenever the service restarts.

            With --listen it answers /health, /ready (503 while the keys are not agreed) and /metrics (with the \
            internal token outside development).

            Example:
              lockstep agent --service orders --listen 127.0.0.1:9100
            """)

    @OptionGroup var project: ProjectOptions

    @Option(help: "What the service is called in the fleet table.")
    var service: String

    @Option(help: "This replica's name; else LOCKSTEP_INSTANCE, or host name and process id.")
    var instance: String?

    @Option(help: "An issuer to agree with; may be repeated, the first keeps the fleet table. Else PORTAL_URLS.")
    var portal: [String] = []

    @Option(help: "How the service can read a ring: names (raw values under three names), jwks. May be repeated.")
    var layouts: [String] = ["names"]

    @Flag(help: "The service reads its secret at its start alone, wherever that lies.")
    var pinned = false

    @Option(help: "HOST:PORT to answer /health, /ready and /metrics on; without it nothing is listened on.")
    var listen: String?

    mutating func validate() throws {
        guard layouts.allSatisfy({ RingDocument.Layout(rawValue: $0) != nil }) else {
            throw ValidationError("--layouts is names or jwks.")
        }
        if let listen, AgentAddress(listen) == nil {
            throw ValidationError("--listen is HOST:PORT, for instance 127.0.0.1:9100.")
        }
    }

    func run(in context: CommandContext) async throws(CommandFailure) {
        var variables = try Project.load(project, in: context).variables
        if let instance { variables["LOCKSTEP_INSTANCE"] = instance }
        if !portal.isEmpty {
            variables["PORTAL_URLS"] = portal.joined(separator: ",")
            variables["PORTAL_URL"] = nil
        }
        let agent = Agent(
            service: service, layouts: layouts, isPinned: pinned, address: listen.flatMap(AgentAddress.init))
        do {
            try await agent.run(variables: variables, stores: context.stores)
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            let report = FailureReport(error, service: "agent of \(service)")
            throw CommandFailure(
                ExitStatus(rawValue: report.exitCode) ?? .internal,
                lines: report.text.split(separator: "\n").map(String.init))
        }
    }
}

/// Where the agent listens.
struct AgentAddress: Sendable, Equatable {
    let host: String
    let port: Int

    /// `HOST:PORT`; an IPv6 address stands in brackets.
    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (1...65535).contains(port)
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty else { return nil }
        self.host = String(host)
        self.port = port
    }
}
