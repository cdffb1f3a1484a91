/// The checkboxes of a form, one for each role: `role_viewer=on`.
struct RolesField: Decodable, Sendable {
    static let prefix = "role_"

    let roles: [String]

    init(_ roles: [String]) { self.roles = roles }

    init(from decoder: any Decoder) throws {
        let names = try decoder.container(keyedBy: Name.self).allKeys.map(\.stringValue)
        roles = names.filter { $0.hasPrefix(Self.prefix) }.map { String($0.dropFirst(Self.prefix.count)) }.sorted()
    }

    /// In the order of a portal's own list; what it does not know comes last, to be refused by name.
    func ordered(as known: [String]) -> [String] {
        known.filter(roles.contains) + roles.filter { !known.contains($0) }
    }

    private struct Name: CodingKey {
        let stringValue: String
        let intValue: Int? = nil

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
