package import HTTPKit

/// Why a resource can't be had or changed. Knows no HTTP.
package enum ResourceError: Error, Equatable {
    case notFound
    /// Somebody changed it since the caller read it.
    case stale(version: Int64)
    /// Another living one holds the same value of this field.
    case taken(field: String)
}

extension Refusal {
    package init(_ error: ResourceError, name: String) {
        switch error {
        case .notFound:
            self.init(.notFound, "There is no such \(name).")
        case .stale(let version):
            self.init(
                .preconditionFailed,
                "The \(name) has changed since it was read; read it again (its version is \(version) now).")
        case .taken(let field):
            self.init(
                .conflict, "Another \(name) has this \(field).", fields: [field: "is taken by another \(name)"])
        }
    }
}
