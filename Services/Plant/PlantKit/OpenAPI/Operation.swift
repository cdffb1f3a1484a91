package import HTTPKit
package import HTTPTypes

/// One route, as the documents tell it. The route itself is added with this value, so that nothing is served that the
/// documents do not tell.
package struct Operation: Sendable {
    /// Unique in the plant, e.g. `listFarms`: generated clients name their functions after it.
    package let id: String
    package let method: HTTPRequest.Method
    /// As the router takes it, with captures in braces: `/api/v1/farm/farms/{farmId}`.
    package let path: String
    /// One line.
    package let summary: String
    /// Paragraphs, where a line is not enough; an empty line parts them.
    package let details: String?
    /// The module's name; groups the operations of the documents.
    package let tag: String
    package let access: Access
    /// Captures of the path that are not among them are identifiers.
    package let parameters: [APIParameter]
    package let body: APIBody?
    package let answers: [APIAnswerKind]
    /// What the handler itself refuses. What follows from access, body and conditions is added by `allRefusals`.
    package internal(set) var refusals: Set<ProblemCode>
    /// Whether a change needs `If-Match`.
    package let precondition: Precondition
    package let takesIdempotencyKey: Bool
    /// Whether the audit log tells of it: all that changes anything, and what hands out much at once.
    package let isAudited: Bool

    package enum Access: Sendable, Equatable {
        /// A token whose roles hold this permission, e.g. `farm.view`.
        case permission(String)
        case anyToken
        case open
    }

    package enum Precondition: Sendable, Equatable {
        case none
        /// 428 without `If-Match`, 412 where it does not hold.
        case ifMatch
        /// 412 where `If-Match` was sent and does not hold.
        case ifMatchWhereSent
        /// Answers 304 where `If-None-Match` holds.
        case ifNoneMatch
    }

    /// - Parameters:
    ///   - answers: the first is the one that examples show.
    ///   - takesIdempotencyKey: nil: every POST with a token does.
    ///   - isAudited: nil: every operation but a GET is. A GET's answer is given once its entry is written.
    package init(
        _ id: String, _ method: HTTPRequest.Method, _ path: String, summary: String, details: String? = nil,
        tag: String, access: Access, parameters: [APIParameter] = [], body: APIBody? = nil,
        answers: [APIAnswerKind], refusals: Set<ProblemCode> = [], precondition: Precondition = .none,
        takesIdempotencyKey: Bool? = nil, isAudited: Bool? = nil
    ) {
        self.id = id
        self.method = method
        self.path = path
        self.summary = summary
        self.details = details
        self.tag = tag
        self.access = access
        self.parameters = parameters
        self.body = body
        self.answers = answers
        self.refusals = refusals
        self.precondition = precondition
        self.takesIdempotencyKey = takesIdempotencyKey ?? (method == .post && access != .open)
        self.isAudited = isAudited ?? (method != .get)
    }
}
