extension APISchema {
    /// What a resource's answers are like.
    static func resource<Item: Resource>(_ type: Item.Type) -> APISchema { .of(type) }

    /// What a resource's draft may be like, as its own reading tells.
    static func draft<Draft: ResourceDraft>(_ type: Draft.Type) -> APISchema { .any }

    /// The same for a merge patch: nothing is required, and what may be absent may be null.
    static func draftPatch<Draft: ResourceDraft>(_ type: Draft.Type) -> APISchema { .any }

    package static func of(_ type: any Decodable.Type) -> APISchema { .any }
}
