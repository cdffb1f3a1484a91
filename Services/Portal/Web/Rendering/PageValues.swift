import Mustache

/// A page's model, or a struct within it, by the names that templates use.
///
/// Each is reflected on once. swift-mustache by itself reflects on all fields again for every name that a template asks
/// for, which took four fifths of the time of a large page.
struct PageValues: MustacheParent {
    /// What a page must not hold: anything but `PageText`, `Bool`, and structs and arrays of these could reach the page
    /// unescaped.
    struct Unfit: Error, Equatable { let type: String }

    private let byName: [String: Any]

    init(_ model: Any) throws(Unfit) {
        var byName: [String: Any] = [:]
        for case (let name?, let value) in Mirror(reflecting: model).children where name != "templateName" {
            byName[name] = try Self.fit(value)
        }
        self.byName = byName
    }

    func child(named name: String) -> Any? { byName[name] }

    private static func fit(_ value: Any) throws(Unfit) -> Any {
        if value is PageText || value is Bool { return value }
        if let list = value as? [Any] {
            var fitting: [Any] = []
            fitting.reserveCapacity(list.count)
            for element in list { fitting.append(try fit(element)) }
            return fitting
        }
        guard Mirror(reflecting: value).displayStyle == .struct else { throw Unfit(type: "\(type(of: value))") }
        return try PageValues(value)
    }
}
