import HTTPTypes

extension OpenAPIDocument {
    /// What is wrong with the document, in words for whoever wrote the operations. Tests want it empty; a plant that
    /// serves all the same says so in its log.
    package var faults: [String] {
        unknownTypes + clashes + misnamedParameters + strangeTags
    }

    private var unknownTypes: [String] {
        operations.flatMap { operation in
            operation.schemas.flatMap(\.faults).map { "\(operation.id): \($0)" }
        }
    }

    private var clashes: [String] {
        var faults: [String] = []
        var ids: Set<String> = []
        var routes: [String: String] = [:]
        var schemas: [String: APISchema] = [:]
        for operation in operations {
            if !ids.insert(operation.id).inserted { faults.append("\(operation.id): the id is given twice") }
            // `/farms/{id}` and `/farms/{farmId}` are one path to a router, and no two may be in a document.
            let template = operation.path.split(separator: "/").map { $0.hasPrefix("{") ? "{}" : String($0) }
                .joined(separator: "/")
            if let path = routes[template], path != operation.path {
                faults.append("\(operation.id): \(operation.path) is \(path) with other names")
            }
            routes[template] = operation.path
            if operations.count(where: { $0.path == operation.path && $0.method == operation.method }) > 1 {
                faults.append("\(operation.id): \(operation.method) \(operation.path) is told twice")
            }
            for (name, schema) in operation.schemas.flatMap(\.components) {
                if let other = schemas[name], other != schema {
                    faults.append("\(operation.id): another schema is called \(name) too")
                }
                schemas[name] = schema
            }
        }
        return faults
    }

    private var misnamedParameters: [String] {
        operations.flatMap { operation in
            operation.parameters.filter { $0.place == .path && !operation.captures.contains($0.name) }
                .map { "\(operation.id): the path has no {\($0.name)}" }
        }
    }

    private var strangeTags: [String] {
        let known = Set(tags.map(\.name))
        return operations.filter { !known.contains($0.tag) }.map { "\($0.id): there is no tag \($0.tag)" }
    }
}
