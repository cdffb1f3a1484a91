import Contracts
import HTTPKit
import HTTPTypes

/// All that one status may mean at an operation: an entry below `components/responses`, which operations that refuse alike
/// share.
struct ProblemAnswer: Equatable {
    let status: HTTPResponse.Status
    /// In the order in which `ProblemCode` declares them.
    let codes: [ProblemCode]

    /// By status, each once.
    static func all(of codes: Set<ProblemCode>) -> [ProblemAnswer] {
        let declared = ProblemCode.allCases.filter(codes.contains)
        let statuses = Set(declared.map(\.status)).sorted { $0.code < $1.code }
        return statuses.map { status in ProblemAnswer(status: status, codes: declared.filter { $0.status == status }) }
    }

    /// Made of the codes, so that equal ones have one name.
    var name: String {
        if Set(codes) == Operation.tokenRefusals { return "TokenRefused" }
        return codes.map {
            $0.rawValue.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
        }
        .joined(separator: "Or")
    }

    var json: OrderedJSON {
        [
            "description": .text(codes.map { "`\($0.rawValue)`: \($0.title)." }.joined(separator: "\n\n")),
            "headers": .object(headers),
            "content": .object([
                .init(
                    Refusal.contentType,
                    ["schema": APISchema.problem(of: codes).json, "example": example])
            ]),
        ]
    }

    private var headers: [OrderedJSON.Member] {
        var names = ["X-Request-Id"]
        if status == .unauthorized || codes.contains(.insufficientScope) { names.append("WWW-Authenticate") }
        if status == .serviceUnavailable || status == .tooManyRequests { names.append("Retry-After") }
        return names.map { .init($0, ["$ref": .text("#/components/headers/\($0)")]) }
    }

    private var example: OrderedJSON {
        let code = codes[0]
        return [
            "type": .text("urn:lockstep:problem:\(code.rawValue)"), "title": .text(code.title),
            "status": .integer(Int64(status.code)), "detail": .text("What is wrong with this request."),
            "instance": "/api/v1/…", "code": .text(code.rawValue), "request_id": "01JD8K6ZQ4",
        ]
    }
}

extension APISchema {
    /// RFC 9457 with the suite's members.
    static let problem = APISchema.of(Problem.self).describing([
        "type": "`urn:lockstep:problem:` and the code.",
        "title": "The same for every occurrence of the code.",
        "detail": "What is wrong with this request, for people.",
        "instance": "The request's path.",
        "code": "Stable; programs compare this.",
        "request_id": "As in the header X-Request-Id; in our logs it leads to the request.",
        "fields": "What is wrong with which field or parameter; of `invalid_input` and `conflict`.",
        "diagnostics": "In development alone.",
    ])

    /// A problem whose code is one of these.
    static func problem(of codes: [ProblemCode]) -> APISchema {
        APISchema(.allOf([problem, .object([.required("code", .choice(codes.map(\.rawValue)))])]))
    }
}
