import HTTPTypes

/// The plant's description as OpenAPI 3.1 has it, written from the operations that are served.
package struct OpenAPIDocument: Sendable {
    /// A group of operations.
    package struct Tag: Sendable, Equatable {
        package let name: String
        package let summary: String

        package init(_ name: String, _ summary: String) {
            self.name = name
            self.summary = summary
        }
    }

    package let title: String
    package let version: String
    package let description: String
    /// Addresses; `/` is where the document itself was read.
    package let servers: [String]
    /// In the order in which they are shown.
    package let tags: [Tag]
    package let operations: [Operation]

    package init(
        title: String, version: String, description: String, servers: [String] = ["/"], tags: [Tag],
        operations: [Operation]
    ) {
        self.title = title
        self.version = version
        self.description = description
        self.servers = servers
        self.tags = tags
        self.operations = operations
    }

    /// The same operations always make the same bytes.
    package var bytes: [UInt8] { json.bytes }

    package var json: OrderedJSON {
        [
            "openapi": "3.1.0",
            "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
            "info": ["title": .text(title), "version": .text(version), "description": .text(description)],
            "servers": .array(servers.map { ["url": .text($0)] }),
            "tags": .array(tags.map { ["name": .text($0.name), "description": .text($0.summary)] }),
            "paths": .object(paths),
            "components": components,
        ]
    }

    /// Grouped, in the order of their first operations.
    private var paths: [OrderedJSON.Member] {
        var order: [String] = []
        var members: [String: [OrderedJSON.Member]] = [:]
        for operation in operations {
            if members[operation.path] == nil { order.append(operation.path) }
            members[operation.path, default: []].append(
                .init(operation.method.rawValue.lowercased(), operation.json))
        }
        return order.map { .init($0, .object(members[$0] ?? [])) }
    }

    private var components: OrderedJSON {
        var answers: [String: ProblemAnswer] = [:]
        for answer in operations.flatMap(\.problemAnswers) { answers[answer.name] = answer }
        return [
            "schemas": .object(namedSchemas.map { .init($0.name, $0.schema.json) }),
            "responses": .object(answers.sorted { $0.key < $1.key }.map { .init($0.key, $0.value.json) }),
            "headers": .object(Self.headers.map { .init($0.name, $0.json) }),
            "securitySchemes": [
                "token": [
                    "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
                    "description": "An access token of a portal, of 15 minutes unless it says otherwise.",
                ]
            ],
        ]
    }

    /// Sorted by name.
    var namedSchemas: [(name: String, schema: APISchema)] {
        var schemas: [String: APISchema] = [:]
        for (name, schema) in ([.problem] + operations.flatMap(\.schemas)).flatMap(\.components) {
            schemas[name] = schema
        }
        return schemas.sorted { $0.key < $1.key }.map { (name: $0.key, schema: $0.value) }
    }

    private static let headers = [
        APIAnswerKind.Header(
            "X-Request-Id", .text(length: 1...128), "Names the request in answers, problems and logs."),
        APIAnswerKind.Header(
            "WWW-Authenticate", .text(), "The challenge (RFC 6750 §3): what is wrong with the token."),
        APIAnswerKind.Header("Retry-After", .text(pattern: "^[0-9]+$"), "Seconds after which it may go better."),
    ]
}
