import HTTPKit
import HTTPTypes
import Hummingbird
import NIOCore
import Secrets
import ServerKit
import Tokens

/// A body that was read.
struct APIBodyContent: Sendable {
    var members: [String: JSONValue] = [:]
    var bytes: [UInt8] = []
    /// As it came, for a fingerprint.
    var raw: [UInt8] = []
}

/// Reads a request by what its operation declares.
struct RequestReading: Sendable {
    let operation: Operation
    let readsParameters: Bool
    let request: Request
    let context: UserContext

    /// What the path's placeholders stand for.
    var path: [String: String] {
        Dictionary(context.parameters.map { (String($0.key), String($0.value)) }) { first, _ in first }
    }

    var parameters: [(name: String, value: String)] {
        request.uri.queryParameters.map { (name: String($0.key), value: String($0.value)) }
    }

    var ifMatch: EntityTagCondition? { EntityTagCondition(request.headers[values: .ifMatch]) }
    var ifNoneMatch: EntityTagCondition? { EntityTagCondition(request.headers[values: .ifNoneMatch]) }

    /// The declared header parameters that came; a repeated one is none.
    var headers: [String: String] {
        var values: [String: String] = [:]
        for parameter in operation.parameters where parameter.place == .header {
            guard let name = HTTPField.Name(parameter.name), request.headers[values: name].count == 1 else { continue }
            values[parameter.name] = request.headers[name]
        }
        return values
    }

    func checkPrecondition() throws(Refusal) {
        guard operation.precondition == .ifMatch, ifMatch == nil else { return }
        throw Refusal(
            .preconditionRequired,
            "Send If-Match with the ETag that you read, so that nobody's change is overwritten unseen.")
    }

    /// The declared parameters as values of their schemas' types.
    /// - Throws: `invalid_input` naming every one that is unknown, repeated, missing or of another type.
    func query() throws(Refusal) -> [String: JSONValue] {
        if readsParameters { return [:] }
        let declared = operation.parameters.filter { $0.place == .query }
        var values: [String: JSONValue] = [:]
        var faults: [String: String] = [:]
        for (name, text) in parameters {
            guard let parameter = declared.first(where: { $0.name == name }) else {
                let known = declared.map(\.name).sorted().joined(separator: ", ")
                faults[name] = known.isEmpty ? "is no parameter: there are none" : "is no parameter; there are \(known)"
                continue
            }
            guard values[name] == nil else {
                faults[name] = "is given twice"
                continue
            }
            guard text.utf8.count <= Self.valueLimit, !text.utf8.contains(0) else {
                faults[name] = "is longer than \(Self.valueLimit) bytes or holds NUL"
                continue
            }
            guard let value = parameter.schema.value(ofParameter: text) else {
                faults[name] = "is not \(parameter.schema.phrase)"
                continue
            }
            values[name] = value
        }
        for parameter in declared where parameter.isRequired && values[parameter.name] == nil {
            faults[parameter.name] = faults[parameter.name] ?? "is required"
        }
        guard faults.isEmpty else {
            throw Refusal(.invalidInput, "Some parameters can't be accepted.", fields: faults)
        }
        return values
    }

    /// Bytes.
    private static let valueLimit = 1024

    /// - Throws: `unsupported_media_type`, `payload_too_large`, `malformed_request`, or `invalid_input` for what is no
    ///   object.
    func body() async throws -> APIBodyContent {
        guard let body = operation.body else { return APIBodyContent() }
        let raw = try await Self.bytes(of: request, mediaTypes: body.mediaTypes, limit: body.limit, body.isRequired)
        guard let raw else { return APIBodyContent() }
        guard body.mediaTypes.contains("application/json") else { return APIBodyContent(bytes: raw, raw: raw) }
        return APIBodyContent(members: try ResourceDocument.members(raw, limit: body.limit), raw: raw)
    }

    func claim(_ body: APIBodyContent, identity: Identity) throws(Refusal) -> IdempotencyKeys.Claim? {
        guard operation.takesIdempotencyKey, let header = HTTPField.Name(IdempotencyKeys.header) else { return nil }
        return try IdempotencyKeys.claim(
            request.headers[values: header], operation: operation.id, issuer: identity.issuer,
            subject: identity.subject, target: request.uri.string, body: body.raw)
    }

    private static func bytes(
        of request: Request, mediaTypes: [String], limit: Int, _ isRequired: Bool
    ) async throws -> [UInt8]? {
        let type = request.headers[.contentType].map { $0.prefix { $0 != ";" && $0 != " " }.lowercased() }
        if type == nil, !isRequired, request.headers[.contentLength] ?? "0" == "0",
            request.headers[.transferEncoding] == nil
        {
            return nil
        }
        guard let type, mediaTypes.contains(type) else {
            throw Refusal(
                .unsupportedMediaType, "The body must be \(mediaTypes.sorted().joined(separator: " or ")).")
        }
        // A body that announces its size need not be received to be refused.
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
            throw Refusal(.payloadTooLarge, "The body must not be larger than \(limit) bytes.")
        }
        do {
            return Array(buffer: try await request.body.collect(upTo: limit))
        } catch is NIOTooManyBytesError {
            throw Refusal(.payloadTooLarge, "The body must not be larger than \(limit) bytes.")
        }
    }
}
