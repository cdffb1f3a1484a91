import Crypto
import Foundation
import Synchronization
import TestSupport

@testable import SecretStores

/// AWS Secrets Manager in process, as far as our store speaks to it: labels are moved as AWS moves them, and each
/// signature is computed again from what came in. `Tests/Stores/aws_moto.py` holds the store to moto too.
final class SecretsManagerFake: Sendable {
    static let keyID = "AKIDEXAMPLE"
    static let key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

    struct Version: Sendable {
        var string: String?
        var binary: String?
        var labels: Set<String>
    }

    struct State: Sendable {
        /// Of the one secret; nil: there is none.
        var versions: [String: Version]?
        var isDeleted = false
        /// Operations that the caller's policy does not allow.
        var denied: Set<String> = []
        /// What the next calls of any operation answer instead: an error code each.
        var faults: [String] = []
        /// Runs once in front of that operation, as another writer that is faster.
        var interference: [String: @Sendable (inout State) -> Void] = [:]
        /// Answers of that operation that get lost on their way back, once.
        var lost: Set<String> = []
        var calls: [String] = []

        func version(_ label: String) -> String? {
            versions?.first { $0.value.labels.contains(label) }?.key
        }

        mutating func put(_ id: String, _ version: Version) {
            for label in version.labels { detach(label) }
            versions = (versions ?? [:]).merging([id: version]) { $1 }
        }

        mutating func detach(_ label: String) {
            guard let holder = version(label) else { return }
            versions?[holder]?.labels.remove(label)
            if label == "AWSCURRENT" {
                if let old = version("AWSPREVIOUS") { versions?[old]?.labels.remove("AWSPREVIOUS") }
                versions?[holder]?.labels.insert("AWSPREVIOUS")
            }
        }
    }

    let state = Mutex(State())

    func change(_ body: @Sendable (inout State) -> Void) { state.withLock { body(&$0) } }
    var calls: [String] { state.withLock { $0.calls } }
    func labels(_ label: String) -> String? { state.withLock { $0.version(label) } }

    /// The values under AWSCURRENT, AWSPENDING and AWSPREVIOUS.
    var staged: [String: String] {
        state.withLock { state in
            var values: [String: String] = [:]
            for label in ["AWSCURRENT", "AWSPENDING", "AWSPREVIOUS", "lockstep-writing"] {
                values[label] = state.version(label).flatMap { state.versions?[$0]?.string }
            }
            return values
        }
    }

    /// Puts text in place as somebody's own tools would, with these labels.
    func put(_ text: String, id: String = UUID().uuidString, labels: Set<String> = ["AWSCURRENT"]) {
        change { $0.put(id, Version(string: text, labels: labels)) }
    }

    func handle(_ request: UpstreamServer.Received) -> UpstreamServer.Answer {
        guard Self.isSigned(request) else {
            return .json(#"{"__type":"InvalidSignatureException","message":"no"}"#, status: 400)
        }
        let operation = String(request.values("x-amz-target").first?.split(separator: ".").last ?? "")
        let body = (try? JSONSerialization.jsonObject(with: Data(request.body))) as? [String: Any] ?? [:]
        let parameters = Parameters(body)
        return state.withLock { state in
            state.calls.append(operation)
            if !state.faults.isEmpty { return Self.error(state.faults.removeFirst()) }
            if state.denied.contains(operation) { return Self.error("AccessDeniedException") }
            if let interfere = state.interference.removeValue(forKey: operation) { interfere(&state) }
            let answer = Self.perform(operation, parameters, &state)
            return state.lost.remove(operation) == nil ? answer : .close
        }
    }

    struct Parameters: Sendable {
        let text: [String: String]
        let labels: Set<String>
        init(_ body: [String: Any]) {
            text = body.compactMapValues { $0 as? String }
            labels = Set(body["VersionStages"] as? [String] ?? ["AWSCURRENT"])
        }
        subscript(_ name: String) -> String? { text[name] }
        var version: Version { Version(string: text["SecretString"], binary: text["SecretBinary"], labels: labels) }
    }

    private static func perform(
        _ operation: String, _ parameters: Parameters, _ state: inout State
    ) -> UpstreamServer.Answer {
        if operation == "CreateSecret" {
            let id = parameters["ClientRequestToken"] ?? ""
            if let versions = state.versions {
                let isSame = versions[id]?.string == parameters["SecretString"] && versions[id] != nil
                return isSame ? .json(#"{"Name":"x"}"#) : error("ResourceExistsException")
            }
            state.put(id, parameters.version)
            return .json(#"{"Name":"x"}"#)
        }
        guard state.versions != nil else { return error("ResourceNotFoundException") }
        if state.isDeleted, operation != "DescribeSecret" { return error("InvalidRequestException") }
        switch operation {
        case "DescribeSecret": return describe(state)
        case "GetSecretValue": return value(parameters, state)
        case "PutSecretValue":
            let id = parameters["ClientRequestToken"] ?? ""
            if let held = state.versions?[id] {
                let isSame = held.string == parameters["SecretString"] && held.binary == parameters["SecretBinary"]
                return isSame ? .json(#"{"Name":"x"}"#) : error("ResourceExistsException")
            }
            var version = parameters.version
            if state.versions?.isEmpty == true { version.labels.insert("AWSCURRENT") }
            state.put(id, version)
            return .json(#"{"Name":"x"}"#)
        case "UpdateSecretVersionStage": return move(parameters, &state)
        default: return error("InvalidAction")
        }
    }

    private static func describe(_ state: State) -> UpstreamServer.Answer {
        var object: [String: Any] = ["Name": "x"]
        object["VersionIdsToStages"] = (state.versions ?? [:]).compactMapValues {
            $0.labels.isEmpty ? nil : Array($0.labels)
        }
        if state.isDeleted { object["DeletedDate"] = 1_800_000_000.5 }
        return json(object)
    }

    private static func value(_ parameters: Parameters, _ state: State) -> UpstreamServer.Answer {
        let id = parameters["VersionId"] ?? state.version(parameters["VersionStage"] ?? "AWSCURRENT")
        guard let id, let version = state.versions?[id] else { return error("ResourceNotFoundException") }
        var object: [String: Any] = ["Name": "x", "VersionId": id, "VersionStages": Array(version.labels)]
        object["SecretString"] = version.string
        object["SecretBinary"] = version.binary
        return json(object)
    }

    private static func move(_ parameters: Parameters, _ state: inout State) -> UpstreamServer.Answer {
        guard let label = parameters["VersionStage"] else { return error("InvalidParameterException") }
        let (to, from) = (parameters["MoveToVersionId"], parameters["RemoveFromVersionId"])
        guard state.version(label) == from || (from == nil && state.version(label) == to),
            to == nil || state.versions?[to ?? ""] != nil, label != "AWSCURRENT" || to != nil
        else { return error("InvalidParameterException") }
        state.detach(label)
        if let to {
            if label == "AWSCURRENT" { state.versions?[to]?.labels.remove("AWSPREVIOUS") }
            state.versions?[to]?.labels.insert(label)
        }
        return .json(#"{"Name":"x"}"#)
    }

    private static func json(_ object: [String: Any]) -> UpstreamServer.Answer {
        .respond(status: 200, body: Array((try? JSONSerialization.data(withJSONObject: object)) ?? Data()))
    }

    static func error(_ code: String) -> UpstreamServer.Answer {
        .respond(
            status: code.hasPrefix("Internal") ? 500 : 400, headers: [("x-amzn-errortype", code)],
            body: Array(#"{"__type":"\#(code)","Message":"told to nobody"}"#.utf8))
    }

    /// Computed over what came in, so that a header that was added, dropped or changed on the way shows.
    private static func isSigned(_ request: UpstreamServer.Received) -> Bool {
        guard let authorization = request.values("authorization").first,
            let names = authorization.firstMatch(of: /SignedHeaders=([^,]+),/)?.1.split(separator: ";"),
            let time = request.values("x-amz-date").first,
            let scope = authorization.firstMatch(of: /Credential=([^\/]+)\/([^,]+),/),
            scope.1 == keyID, names.contains("host"), names.contains("x-amz-date"), names.contains("x-amz-target")
        else { return false }
        let headers = names.map { (name: String($0), value: request.values(String($0)).joined(separator: ",")) }
        let canonical = SigV4.canonical(
            .init(method: request.method, path: request.target, headers: headers, body: request.body)
        ).text
        let text = ["AWS4-HMAC-SHA256", time, String(scope.2), SigV4.hex(SHA256.hash(data: Data(canonical.utf8)))]
        var key = SymmetricKey(data: Data(("AWS4" + Self.key).utf8))
        for part in scope.2.split(separator: "/") {
            key = SymmetricKey(data: Data(HMAC<SHA256>.authenticationCode(for: Data(part.utf8), using: key)))
        }
        let expected = SigV4.hex(
            HMAC<SHA256>.authenticationCode(for: Data(text.joined(separator: "\n").utf8), using: key))
        return authorization.hasSuffix("Signature=\(expected)")
    }
}
