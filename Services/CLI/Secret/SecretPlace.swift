import HTTPKit
import Secrets

/// What a command about secrets is pointed at: a store's reference, or `env:NAME`. A secret itself is never an argument,
/// where the list of processes would show it; what is no place is not repeated.
struct SecretPlace: Sendable {
    enum Kind: Sendable {
        case store(StoreReference)
        case variable(String)
    }

    let kind: Kind

    var label: String {
        switch kind {
        case .store(let reference): reference.label
        case .variable(let name): "variable \(name)"
        }
    }

    init(_ text: String) throws(CommandFailure) {
        if text.hasPrefix("env:") {
            let name = text.dropFirst(4)
            guard !name.isEmpty, name.utf8.allSatisfy(Self.isNameByte) else { throw Self.malformed }
            kind = .variable(String(name))
            return
        }
        guard let reference = try? StoreReference.parse(text) else { throw Self.malformed }
        kind = .store(reference)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || byte == UInt8(ascii: "_")
    }

    private static var malformed: CommandFailure {
        CommandFailure(
            .usage,
            """
            a place is gcp://PROJECT/NAME[@VERSION], aws://REGION/NAME, azure://VAULT/NAME, vault://MOUNT/PATH#FIELD, \
            file:///PATH or env:NAME (what was given is not shown, as it might be a secret)
            """)
    }
}

/// What lies in a place, and what tells it from what lies there later.
struct PlacedSecret: Sendable {
    let stored: StoredSecret
    /// Nil for a variable.
    let revision: String?
}

/// Reads and writes places, and reads back what it wrote.
struct SecretDesk: Sendable {
    let variables: [String: String]
    let stores: SecretStores
    let environment: DeploymentEnvironment
    /// Of raw values.
    let algorithm: KeyAlgorithm

    init(_ project: Project, in context: CommandContext) throws(CommandFailure) {
        variables = project.variables
        stores = context.stores(for: project.variables)
        algorithm = try SigningKeys.settings(project).algorithm
        do throws(SecretError) {
            environment = try EnvironmentDetection.detect(project.variables).environment
        } catch {
            throw CommandFailure(error)
        }
    }

    /// - Returns: nil where nothing lies.
    func read(_ place: SecretPlace) async throws(CommandFailure) -> PlacedSecret? {
        switch place.kind {
        case .variable(let name):
            guard let value = variables[name], !value.isEmpty else { return nil }
            return PlacedSecret(stored: StoredSecret(current: SecretBytes(utf8: value)), revision: nil)
        case .store(let reference):
            switch await (try source(reference)).read() {
            case .found(let bytes, let revision):
                return PlacedSecret(stored: StoredSecret(current: bytes), revision: revision)
            case .staged(let stored, let revision): return PlacedSecret(stored: stored, revision: revision)
            case .absent: return nil
            case .denied(let reason), .unavailable(let reason):
                throw CommandFailure(.unavailable, "\(place.label) can't be read: \(reason)")
            case .reference: throw CommandFailure(.internal, "\(place.label) has no bytes here")
            }
        }
    }

    func require(_ place: SecretPlace) async throws(CommandFailure) -> PlacedSecret {
        if let found = try await read(place) { return found }
        throw CommandFailure(.inputMissing, "\(place.label): nothing lies there")
    }

    /// The keys of a value by this environment's rules: what no service would start on is not written anywhere.
    func document(_ stored: StoredSecret, _ label: String) throws(CommandFailure) -> RingDocument {
        do throws(SecretError) {
            return try RingDocument(stored, algorithm: algorithm, environment: environment, label: label)
        } catch {
            throw CommandFailure(error)
        }
    }

    enum Written { case written, already }

    /// Writes, reads back, and compares by the keys.
    /// - Parameter replacing: whether another secret that lies there may go.
    func write(
        _ stored: StoredSecret, to place: SecretPlace, replacing: Bool
    ) async throws(CommandFailure) -> Written {
        guard case .store(let reference) = place.kind else {
            throw CommandFailure(.usage, "\(place.label) can't be written to; name a store")
        }
        guard let store = try source(reference) as? any WritableSecretStore else {
            throw CommandFailure(.configuration, "\(place.label) can be read here, and not written to")
        }
        let present = try await read(place)
        if let present {
            if SecretComparison(present.stored, stored, algorithm: algorithm).areEqual { return .already }
            guard replacing else {
                throw CommandFailure(
                    .configuration,
                    "\(place.label) holds another secret, which was kept; --replace replaces it, and every token signed"
                        + " with it stops being valid (`lockstep rotate` changes a key without that)")
            }
        }
        do throws(StoreWriteError) {
            _ = try await store.write(stored, replacing: present?.revision)
        } catch {
            throw CommandFailure(error, place.label)
        }
        let back = try await require(place)
        guard SecretComparison(back.stored, stored, algorithm: algorithm).areEqual else {
            throw CommandFailure(
                .unavailable, "\(place.label) was written to, and holds something else when it is read back")
        }
        return .written
    }

    private func source(_ reference: StoreReference) throws(CommandFailure) -> any SecretSource {
        if let source = stores.open(reference) { return source }
        throw CommandFailure(.configuration, "\(reference.label): this build has no such store")
    }
}

extension CommandFailure {
    init(_ error: StoreWriteError, _ label: String) {
        switch error {
        case .changed:
            self.init(.unavailable, "\(label) was changed by somebody else meanwhile; nothing was written: look again")
        case .denied(let reason): self.init(.unavailable, "\(label) may not be written to: \(reason)")
        case .unavailable(let reason): self.init(.unavailable, "\(label) can't be written to: \(reason)")
        case .unfit(let reason): self.init(.configuration, "\(label) can't hold this: \(reason)")
        }
    }
}
