/// One thing that is wrong with a routes file: where, what, and how to mend it.
package struct RoutesFault: Error, Hashable, Sendable {
    package let position: TextPosition
    /// No full stop at its end.
    package let problem: String
    package let mend: String

    package init(_ position: TextPosition, _ problem: String, _ mend: String) {
        self.position = position
        self.problem = problem
        self.mend = mend
    }

    /// `routes.yaml:3:5: …`, as compilers write it, so that editors find the place.
    package func text(file: String) -> String {
        "\(file):\(position.line):\(position.column): \(problem); \(mend)"
    }
}

/// Collects what is wrong while reading goes on, so that a file's faults are told all at once.
final class RouteFaultList {
    private(set) var faults: [RoutesFault] = []
    private var known: Set<RoutesFault> = []

    var count: Int { faults.count }

    func add(_ position: TextPosition, _ problem: String, _ mend: String) {
        let fault = RoutesFault(position, problem, mend)
        // A member of `defaults` is read once for each route, and wrong once.
        if known.insert(fault).inserted { faults.append(fault) }
    }
}
