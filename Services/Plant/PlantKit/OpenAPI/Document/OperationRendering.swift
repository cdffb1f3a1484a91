import HTTPKit
import HTTPTypes

extension Operation {
    /// As an Operation Object (OpenAPI 3.1 §4.8.10).
    var json: OrderedJSON {
        var members: [OrderedJSON.Member] = [
            .init("operationId", .text(id)), .init("summary", .text(summary)), .init("tags", [.text(tag)]),
        ]
        if let details { members.insert(.init("description", .text(details)), at: 2) }
        switch access {
        case .open: members.append(.init("security", []))
        case .anyToken: members.append(.init("security", [["token": []]]))
        case .permission(let name):
            members.append(.init("security", [["token": []]]))
            members.append(.init("x-permission", .text(name)))
        }
        if !allParameters.isEmpty {
            members.append(.init("parameters", .array(allParameters.map(\.json))))
        }
        if let body { members.append(.init("requestBody", body.json)) }
        members.append(.init("responses", .object(responses)))
        return .object(members)
    }

    /// By status; what the handler answers comes before what is refused.
    private var responses: [OrderedJSON.Member] {
        var members = allAnswers.map { OrderedJSON.Member(String($0.status.code), $0.json) }
        for problem in problemAnswers {
            members.append(
                .init(String(problem.status.code), ["$ref": .text("#/components/responses/\(problem.name)")]))
        }
        return members
    }

    /// What is answered, with 304 where a condition asks for it.
    package var allAnswers: [APIAnswerKind] {
        guard precondition == .ifNoneMatch, !answers.contains(where: { $0.status == .notModified }) else {
            return answers
        }
        return answers + [APIAnswerKind(.notModified, "As the client holds it.", headers: [.eTag])]
    }

    /// What is refused, by status; a status that `answers` tells is theirs.
    var problemAnswers: [ProblemAnswer] {
        ProblemAnswer.all(of: allRefusals).filter { problem in !answers.contains { $0.status == problem.status } }
    }

    /// Every schema that the operation speaks of.
    var schemas: [APISchema] {
        allParameters.map(\.schema) + (body.map { [$0.schema] } ?? []) + answers.compactMap(\.schema)
            + answers.flatMap { $0.headers.map(\.schema) }
    }
}

extension APIParameter {
    var json: OrderedJSON {
        var members: [OrderedJSON.Member] = [
            .init("name", .text(name)), .init("in", .text(place.rawValue)), .init("description", .text(summary)),
        ]
        if isRequired { members.append(.init("required", true)) }
        members.append(.init("schema", schema.json))
        return .object(members)
    }
}

extension APIBody {
    var json: OrderedJSON {
        var content: [OrderedJSON.Member] = [.init("schema", schema.json)]
        if let example { content.append(.init("example", example)) }
        return [
            "description": .text("At most \(limit) bytes."),
            "required": .bool(isRequired),
            "content": .object(mediaTypes.map { .init($0, .object(content)) }),
        ]
    }
}

extension APIAnswerKind {
    var json: OrderedJSON {
        let named: [OrderedJSON.Member] = headers.map { .init($0.name, $0.json) }
        let request = OrderedJSON.Member("X-Request-Id", ["$ref": "#/components/headers/X-Request-Id"])
        var members: [OrderedJSON.Member] = [
            .init("description", .text(summary)), .init("headers", .object([request] + named)),
        ]
        if let schema {
            var content: [OrderedJSON.Member] = [.init("schema", schema.json)]
            if let example { content.append(.init("example", example)) }
            members.append(.init("content", .object([.init(mediaType, .object(content))])))
        }
        return .object(members)
    }
}

extension APIAnswerKind.Header {
    var json: OrderedJSON { ["description": .text(summary), "schema": schema.json] }
}
