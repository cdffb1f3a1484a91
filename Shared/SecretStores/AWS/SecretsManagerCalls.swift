import Secrets

/// The operations of AWS Secrets Manager that a store of one secret needs.
struct SecretsManagerCalls: Sendable {
    let service: AWSService
    /// The secret's name or ARN.
    let secret: String

    struct Description: Sendable {
        var stages: SecretStages
        var isScheduledForDeletion: Bool
    }

    struct Version: Sendable {
        var id: String
        var value: SecretBytes
    }

    func describe() async throws(AWSFault) -> Description {
        let json = try await service.call("DescribeSecret", body([]))
        var stages = SecretStages()
        if let versions = json.member(json.root, "VersionIdsToStages") {
            for (id, labels) in json.members(versions) {
                for label in json.elements(labels) {
                    if json.equals(label, "AWSCURRENT") { stages.current = json.string(id) }
                    if json.equals(label, "AWSPENDING") { stages.pending = json.string(id) }
                    if json.equals(label, "AWSPREVIOUS") { stages.previous = json.string(id) }
                }
            }
        }
        let deleted = json.member(json.root, "DeletedDate").map(json.kind)
        return Description(stages: stages, isScheduledForDeletion: deleted != nil && deleted != .null)
    }

    func value(version: String) async throws(AWSFault) -> Version { try await value(("VersionId", .text(version))) }
    func value(label: String) async throws(AWSFault) -> Version { try await value(("VersionStage", .text(label))) }

    private func value(_ which: (name: String, value: AWSRequestBody.Value)) async throws(AWSFault) -> Version {
        let json = try await service.call("GetSecretValue", body([which]))
        guard let id = json.member(json.root, "VersionId").flatMap(json.string) else {
            throw .unavailable(reason: "AWS answered GetSecretValue without a version")
        }
        if let text = json.member(json.root, "SecretString").flatMap(json.utf8) {
            return Version(id: id, value: SecretBytes(text))
        }
        guard let binary = json.member(json.root, "SecretBinary").flatMap(json.utf8), let bytes = Base64.decode(binary)
        else { throw .unavailable(reason: "AWS answered GetSecretValue without a value that can be read") }
        return Version(id: id, value: SecretBytes(bytes))
    }

    /// - Parameter token: becomes the version's id.
    func create(_ value: SecretBytes, token: String) async throws(AWSFault) {
        let members = [("Name", .text(secret)), ("ClientRequestToken", .text(token)), Self.member(value)]
        _ = try await service.call("CreateSecret", AWSRequestBody(members))
    }

    /// - Parameter label: nil for what AWS attaches by itself, AWSCURRENT.
    func put(_ value: SecretBytes, label: String?, token: String) async throws(AWSFault) {
        var members = [("ClientRequestToken", .text(token)), Self.member(value)]
        if let label { members.append(("VersionStages", .texts([label]))) }
        _ = try await service.call("PutSecretValue", body(members))
    }

    /// Attaches a label to `to`, takes it off `from`; nothing happens where it is on another version than `from`.
    func move(_ move: SecretStages.Move) async throws(AWSFault) {
        var members: [(name: String, value: AWSRequestBody.Value)] = [("VersionStage", .text(move.label))]
        if let to = move.to { members.append(("MoveToVersionId", .text(to))) }
        if let from = move.from { members.append(("RemoveFromVersionId", .text(from))) }
        _ = try await service.call("UpdateSecretVersionStage", body(members))
    }

    private func body(_ members: [(name: String, value: AWSRequestBody.Value)]) -> AWSRequestBody {
        AWSRequestBody([("SecretId", .text(secret))] + members)
    }

    private static func member(_ value: SecretBytes) -> (name: String, value: AWSRequestBody.Value) {
        let isText = value.withUnsafeBytes { String(validating: $0, as: UTF8.self) != nil }
        if isText { return ("SecretString", .secret(value)) }
        return ("SecretBinary", .text(Base64.encode(value.withUnsafeBytes { Array($0) })))
    }
}
