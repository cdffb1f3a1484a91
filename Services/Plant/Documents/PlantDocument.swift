import PlantKit
import ServiceKit

/// The plant's OpenAPI document, of everything that this deployment serves, except what is below `/internal`: that is
/// between services, and told in `docs/OPERATIONS.md`.
enum PlantDocument {
    /// - Parameters:
    ///   - core: what the core serves besides `CoreOperations`.
    ///   - modules: the serving ones.
    static func make(
        core: [Operation], modules: [(manifest: ModuleManifest, operations: [Operation])], isDevelopment: Bool
    ) -> OpenAPIDocument {
        let operations =
            CoreOperations.access + (isDevelopment ? [CoreOperations.debugHeaders] : []) + core
            + modules.flatMap(\.operations) + CoreOperations.service
        var words = CoreOperations.tags
        for (manifest, _) in modules { words[manifest.displayName] = manifest.description }
        var names: [String] = []
        for operation in operations where !names.contains(operation.tag) { names.append(operation.tag) }
        return OpenAPIDocument(
            title: "Lockstep plant", version: BuildInfo.version, description: description,
            tags: names.map { OpenAPIDocument.Tag($0, words[$0] ?? "") }, operations: operations)
    }

    private static let description = """
        The domain backend. It is reached through the gateway, with an access token of a portal.

        What is refused is answered as application/problem+json (RFC 9457): `code` is stable, and `request_id` leads to \
        the request in the logs. Times are UTC (RFC 3339), days are ISO 8601.

        Lists take `page` and `perPage`, and name every parameter that they do not take. What is changed is read first: \
        its ETag goes into If-Match, so that nobody's change is overwritten unseen. A POST may carry an Idempotency-Key: \
        sent again with it, nothing is done twice.

        Texts hold no control characters, and no white space at their ends. A body's members that repeat, or that there \
        are none of, are refused. GET also answers HEAD.
        """
}
