import Secrets

/// The REST interface of Secret Manager (v1), as far as it is used here, for the secrets of one project.
struct GCPSecretManager: Sendable {
    /// One version of a secret. Its value never changes.
    struct Version: Sendable, Hashable {
        let value: SecretBytes
        let number: Int
    }

    enum Look: Sendable, Hashable {
        case version(Version)
        /// No such secret or version.
        case none(reason: String)
        /// It is there, and can't be accessed any more.
        case disabled(reason: String)
    }

    enum Write: Sendable, Hashable {
        case written(number: Int)
        case noSecret
        case refused(reason: String)
    }

    let project: String
    let service: GCPService

    /// - Parameter version: a number, `latest` or an alias. Only the version of a number is known beforehand: an answer
    ///   that names another one is refused.
    func access(_ name: String, _ version: String) async throws(GCPFault) -> Look {
        let response = try await service.call("GET", "\(path(name))/versions/\(PercentEncoding.encode(version)):access")
        switch response.status {
        case 200:
            let json = try GCPService.json(response)
            let number = try Self.number(json, of: name)
            guard Int(version).map({ $0 == number }) ?? true else {
                throw .unavailable(reason: "the answer of Secret Manager names another version than \(version)")
            }
            guard let payload = json.member(json.root, "payload"), json.kind(payload) == .object else {
                throw .unavailable(reason: "the answer of Secret Manager holds no payload")
            }
            let bytes = try GCPService.bytes(json, payload, "data", checksum: "dataCrc32c")
            return .version(Version(value: SecretBytes(bytes), number: number))
        case 404: return .none(reason: "Secret Manager has no such secret, or no version \(version) of it (404)")
        case 400:
            let (status, message) = GCPService.error(response)
            guard status == "FAILED_PRECONDITION" else { throw GCPService.fault(response) }
            let state =
                ["DISABLED", "DESTROYED"].first { message.contains($0) }?.lowercased() ?? "disabled or destroyed"
            return .disabled(reason: "version \(version) is \(state)")
        default: throw GCPService.fault(response)
        }
    }

    /// A new version, which becomes the latest.
    func add(_ name: String, _ value: SecretBytes) async throws(GCPFault) -> Write {
        let bytes = value.withUnsafeBytes(Array.init)
        let payload = JSONText.object([
            ("data", JSONText.string(Base64.encode(bytes))),
            ("dataCrc32c", JSONText.string(String(CRC32C.checksum(bytes)))),
        ])
        let response = try await service.call(
            "POST", "\(path(name)):addVersion", JSONText.object([("payload", payload)]), isRepeatable: false)
        switch response.status {
        case 200: return .written(number: try Self.number(try GCPService.json(response), of: name))
        case 404: return .noSecret
        case 400: return .refused(reason: "Secret Manager does not take the value (400)")
        default: throw GCPService.fault(response)
        }
    }

    /// A secret without a version, replicated where Google chooses.
    /// - Returns: false where there is one of that name.
    func create(_ name: String, annotations: [(String, String)] = []) async throws(GCPFault) -> Bool {
        let body = JSONText.object([
            ("replication", JSONText.object([("automatic", JSONText.object([(String, [UInt8])]()))])),
            ("annotations", JSONText.object(annotations.map { ($0.0, JSONText.string($0.1)) })),
        ])
        let response = try await service.call(
            "POST", "projects/\(PercentEncoding.encode(project))/secrets?secretId=\(PercentEncoding.encode(name))",
            body, isRepeatable: false)
        switch response.status {
        case 200: return true
        case 409: return false
        default: throw GCPService.fault(response)
        }
    }

    /// Nobody can access that version any more; it can be enabled again. The version's etag is compared, so that what
    /// somebody else does to it at the same time is not undone.
    /// - Returns: false where somebody else did, and it can be accessed still.
    func disable(_ name: String, _ number: Int) async throws(GCPFault) -> Bool {
        guard case .enabled(let etag) = try await state(name, number) else { return true }
        let body = JSONText.object(etag.map { [("etag", JSONText.string($0))] } ?? [])
        let response = try await service.call("POST", "\(path(name))/versions/\(number):disable", body)
        switch response.status {
        case 200, 404: return true
        // The etag is another one (FAILED_PRECONDITION, or ABORTED): by somebody else, or by us, where an answer was lost.
        case 400, 409:
            guard case .enabled = try await state(name, number) else { return true }
            return false
        default: throw GCPService.fault(response)
        }
    }

    private enum State {
        /// Without an etag where this identity may not look at versions.
        case enabled(etag: String?)
        /// Disabled, destroyed or gone.
        case over
    }

    private func state(_ name: String, _ number: Int) async throws(GCPFault) -> State {
        let response = try await service.call("GET", "\(path(name))/versions/\(number)")
        switch response.status {
        case 200:
            let json = try GCPService.json(response)
            guard try Self.number(json, of: name) == number else {
                throw .unavailable(reason: "the answer of Secret Manager names another version than \(number)")
            }
            guard json.member(json.root, "state").flatMap(json.string) == "ENABLED" else { return .over }
            return .enabled(etag: json.member(json.root, "etag").flatMap(json.string))
        case 403: return .enabled(etag: nil)
        case 404: return .over
        default: throw GCPService.fault(response)
        }
    }

    func path(_ name: String) -> String {
        "projects/\(PercentEncoding.encode(project))/secrets/\(PercentEncoding.encode(name))"
    }

    /// The number in `projects/…/secrets/NAME/versions/NUMBER`; the project may stand there by its number.
    private static func number(_ json: StrictJSON, of name: String) throws(GCPFault) -> Int {
        let parts = json.member(json.root, "name").flatMap(json.string)?.split(separator: "/") ?? []
        guard parts.count == 6, parts[3] == name, let number = Int(parts[5]), number > 0 else {
            throw .unavailable(reason: "the answer of Secret Manager names no version of the secret")
        }
        return number
    }
}
