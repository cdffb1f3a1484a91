import Mustache

/// A page's model, or a struct within it, by the names that templates use.
///
/// Each is reflected on once. swift-mustache by itself reflects on all fields again for every name that a template asks
/// for, which took four fifths of what the portal's pages cost to render.
struct PageValues: MustacheParent {
    /// What a page must not hold: anything but `PageText`, `Bool`, and structs and arrays of these could reach the page
    /// unescaped.
    struct Unfit: Error, Equatable { let type: String }

    private let byName: [String: Any]

    init(_ model: Any) throws(Unfit) { try self.init(Mirror(reflecting: model)) }

    private init(_ model: Mirror) throws(Unfit) {
        var byName: [String: Any] = [:]
        for case (let name?, let value) in model.children where name != "templateName" {
            byName[name] = try Self.fit(value)
        }
        self.byName = byName
    }

    func child(named name: String) -> Any? { byName[name] }

    private static func fit(_ value: Any) throws(Unfit) -> Any {
        // Most values are such, and to compare types is less than a cast, which looks for conformances.
        let type = type(of: value)
        if type == PageText.self || type == Bool.self { return value }
        let mirror = Mirror(reflecting: value)
        switch mirror.displayStyle {
        case .struct: return try PageValues(mirror)
        case .collection:
            var list: [Any] = []
            list.reserveCapacity(mirror.children.count)
            for child in mirror.children { list.append(try fit(child.value)) }
            return list
        default: throw Unfit(type: "\(type)")
        }
    }
}
