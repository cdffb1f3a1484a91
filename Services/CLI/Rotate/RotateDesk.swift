import AsyncHTTPClient
import Contracts
import Fleet
import Foundation
import HTTPKit
import Secrets
import ServiceKit

/// What every `lockstep rotate` works with: a writable store, the fleet keeper, and a voice.
struct RotateDesk {
    private let context: CommandContext
    private let desk: SecretDesk
    private let stores: SecretStores
    private let format: OutputFormat
    let store: any WritableSecretStore
    let keeperURL: String
    private let internalToken: InternalToken

    init(_ places: RotatePlaces, in context: CommandContext) throws(CommandFailure) {
        var options = ProjectOptions()
        options.file = places.composeFile
        options.envFile = places.envFile
        let project = try Project.load(options, in: context)
        let variables = project.variables
        self.context = context
        format = places.format
        desk = try SecretDesk(project, in: context)
        stores = context.stores(for: variables)
        store = try Self.store(places.store, variables, stores)
        let reader = SettingsReader(variables: variables)
        internalToken = InternalToken(reader: reader, environment: desk.environment)
        let named =
            reader.url("FLEET_KEEPER_URL")
            ?? (reader.urls("PORTAL_URLS") + [reader.url("PORTAL_URL")].compactMap { $0 }).first
        do throws(SettingsError) {
            try reader.finish()
        } catch {
            throw CommandFailure(
                .configuration, lines: error.faults.map { "\($0.variable) \($0.problem) \($0.mend)" })
        }
        if let portal = places.portal {
            guard let url = SettingsReader(variables: ["PORTAL_URL": portal]).url("PORTAL_URL") else {
                throw CommandFailure(.usage, "--portal is an address such as http://127.0.0.1:8080")
            }
            keeperURL = url
        } else if let named {
            keeperURL = named
        } else {
            throw CommandFailure(
                .usage,
                "no fleet keeper is named: give --portal URL, or set PORTAL_URLS. Without one nobody can tell who holds a new key"
            )
        }
    }

    private static func store(
        _ named: String?, _ variables: [String: String], _ stores: SecretStores
    ) throws(CommandFailure) -> any WritableSecretStore {
        func value(_ name: String) -> String? { variables[name].flatMap { $0.isEmpty ? nil : $0 } }
        guard
            let text = named ?? value("JWT_SECRET_STORE") ?? value("JWT_SECRET_FILE").map({ "file://" + $0 })
        else {
            throw CommandFailure(
                .usage,
                """
                no store is named: give --store, or set JWT_SECRET_STORE. A secret that is a variable's value can't be \
                rotated from here: move it to a store first (`lockstep secret put`)
                """)
        }
        guard case .store(let reference) = try SecretPlace(text).kind else {
            throw CommandFailure(.usage, "a variable can't be rotated; name a store")
        }
        guard let store = stores.open(reference) as? any WritableSecretStore else {
            throw CommandFailure(.configuration, "\(reference.label) can't be written to with this build")
        }
        return store
    }

    /// Hands out the keeper, and closes the connection behind.
    func withKeeper<T>(
        _ body: (RotationLedger) async throws(CommandFailure) -> T
    ) async throws(CommandFailure) -> T {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        // A refused connection is an answer; a run that waits asks again by itself.
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do throws(CommandFailure) {
            let result = try await body(
                RotationHTTPLedger(client: client, url: keeperURL, internalToken: internalToken).ledger)
            try? await client.shutdown()
            return result
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    /// - Parameter waits: where no time is given.
    func drive(
        _ goal: RotationMachine.Goal, step: RotateStep, key: RotateKey? = nil, waits: Bool = false
    ) async throws(CommandFailure) {
        let voice = RotateVoice(context: context, format: format)
        let outcome = try await withKeeper { ledger throws(CommandFailure) in
            // A keeper that is not there at the beginning is a wrong address; later it is waited for.
            do throws(RotationFault) { _ = try await ledger.table() } catch { throw CommandFailure(error) }
            let driver = RotationDriver(
                store: store, ledger: ledger,
                machine: RotationMachine(
                    goal: goal, environment: desk.environment.rawValue,
                    layout: key?.layout.flatMap(RingDocument.Layout.init(rawValue:)), without: Set(step.without),
                    margin: Int64(step.margin)),
                environment: desk.environment, algorithm: desk.algorithm,
                newAlgorithm: key?.algorithm.flatMap(KeyAlgorithm.init(rawValue:)), newMaterial: remote(key),
                holder: Self.holder(context.variables), waits: step.timeout.map { $0 > 0 } ?? waits,
                timeout: step.timeout.map(Int64.init), surroundings: Self.surroundings,
                tell: { voice.tell($0) })
            do {
                return try await driver.run()
            } catch {
                throw CommandFailure(.internal, "interrupted; call it again to go on")
            }
        }
        try voice.conclude(outcome)
    }

    private func remote(_ key: RotateKey?) -> (@Sendable () async throws(SecretError) -> KeyMaterial)? {
        guard let reference = key?.kms.flatMap(KMSReference.init) else { return nil }
        let stores = stores
        return { () throws(SecretError) in
            guard let signer = stores.signers.open(reference) else {
                throw SecretError(code: "signer_unavailable", message: "this build can't ask \(reference)")
            }
            do throws(RemoteSignerError) {
                return .remote(try await signer.publicKey(), reference)
            } catch {
                throw SecretError(code: "signer_unavailable", message: "\(reference): \(error)")
            }
        }
    }

    private static func holder(_ variables: [String: String]) -> String {
        let user = variables["USER"] ?? variables["LOGNAME"] ?? "somebody"
        return "\(user) on \(ProcessInfo.processInfo.hostName) (process \(ProcessInfo.processInfo.processIdentifier))"
    }

    private static let surroundings = RotationDriver.Surroundings(
        pause: { try await Task.sleep(for: $0) },
        uptime: { Int64(DispatchTime.now().uptimeNanoseconds / 1_000_000_000) },
        identifier: { UUID().uuidString.lowercased() })
}

extension CommandFailure {
    init(_ fault: RotationFault) {
        switch fault {
        case .held(let reason): self.init(.negative, reason)
        case .leaseLost: self.init(.negative, "the lease ran out; call it again")
        case .unavailable(let reason), .refused(let reason): self.init(.unavailable, reason)
        }
    }
}
