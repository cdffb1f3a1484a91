package import HTTPKit
import HTTPTypes

extension Operation {
    /// What may be refused: what the handler says, and what follows from the rest of this value.
    package var allRefusals: Set<ProblemCode> {
        // A target that is too long and a database that does not answer can meet every route.
        refusals.union([.uriTooLong, .unavailable]).union(ofAccess).union(ofParameters).union(ofBody)
            .union(ofConditions)
    }

    static let tokenRefusals = Set(ProblemCode.allCases.filter(\.isTokenRefusal))

    private var ofAccess: Set<ProblemCode> {
        // Two Authorization headers are a malformed request.
        let ofTokens = Self.tokenRefusals.union([.customerSuspended, .malformedRequest, .moduleUnavailable])
        return switch access {
        case .open: []
        case .anyToken: ofTokens
        case .permission: ofTokens.union([.forbidden])
        }
    }

    private var ofParameters: Set<ProblemCode> {
        var codes: Set<ProblemCode> = []
        if parameters.contains(where: { $0.place != .path }) { codes.insert(.invalidInput) }
        if !captures.isEmpty { codes.insert(.notFound) }
        return codes
    }

    private var ofBody: Set<ProblemCode> {
        body == nil ? [] : [.malformedRequest, .payloadTooLarge, .unsupportedMediaType, .invalidInput]
    }

    private var ofConditions: Set<ProblemCode> {
        var codes: Set<ProblemCode> = []
        if precondition == .ifMatch { codes.formUnion([.preconditionFailed, .preconditionRequired]) }
        if precondition == .ifMatchWhereSent { codes.insert(.preconditionFailed) }
        if takesIdempotencyKey { codes.formUnion([.idempotencyKeyReused, .invalidInput]) }
        return codes
    }

    /// The names in braces, in the path's order.
    package var captures: [String] {
        path.split(separator: "/").filter { $0.hasPrefix("{") && $0.hasSuffix("}") }
            .map { String($0.dropFirst().dropLast()) }
    }

    /// The path's captures first, then what was declared, then the headers that follow from the conditions.
    package var allParameters: [APIParameter] {
        let named = Dictionary(
            parameters.filter { $0.place == .path }.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let ofPath = captures.map { named[$0] ?? .path($0, "Which one.") }
        var all = ofPath + parameters.filter { $0.place != .path }
        switch precondition {
        case .none: break
        case .ifMatch, .ifMatchWhereSent:
            all.append(
                .header(
                    "If-Match", .text().example("\"v7\""), "The ETag that was read.",
                    isRequired: precondition == .ifMatch))
        case .ifNoneMatch:
            all.append(.header("If-None-Match", .text(), "An ETag that the client holds."))
        }
        if takesIdempotencyKey {
            all.append(
                .header(
                    IdempotencyKeys.header, .text(length: 1...255, pattern: "^[!-~]+$"),
                    "The client's own name for this request: sent again with it, the request is not done twice, "
                        + "and the first answer comes again."))
        }
        return all
    }
}
