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

    /// - Parameter version: a number, `latest` or an alias.
    func access(_ name: String, _ version: String) async throws(GCPFault) -> Look {
        let response = try await service.call("GET", "\(path(name))/versions/\(PercentEncoding.encode(version)):access")
        switch response.status {
        case 200:
            let json = try GCPService.json(response)
            let number = try Self.number(json, of: name)
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

    /// Nobody can access that version any more; it can be enabled again.
    func disable(_ name: String, _ number: Int) async throws(GCPFault) {
        let response = try await service.call("POST", "\(path(name))/versions/\(number):disable", Array("{}".utf8))
        // What is destroyed can't be disabled, and need not.
        let isGone = response.status == 400 && GCPService.error(response).status == "FAILED_PRECONDITION"
        guard response.status == 200 || response.status == 404 || isGone else { throw GCPService.fault(response) }
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
