/// `GW_ROUTES_FILE`: the routes that take the place of the built-in table, in YAML or JSON. docs/ROUTES.md explains
/// every member.
///
///     version: 1
///     defaults:
///       auth: required
///     routes:
///       - {prefix: /api/v1/auth/, upstream: platform, auth: public}
///       - {prefix: /api/v1/reports/, upstream: "http://reports:9000", methods: [GET]}
///       - {prefix: /api/, upstream: plant, enrichment: true}
///
/// A list of routes alone is read too. `/internal` and `/api/v1/auth/validate` stay closed whatever the file says.
package enum RoutesFile {
    /// Every fault of the file, in its order.
    package struct Faults: Error, Equatable {
        package let faults: [RoutesFault]

        package init(faults: [RoutesFault]) {
            self.faults = faults.sorted { ($0.position, $0.problem) < ($1.position, $1.problem) }
        }
    }

    /// What the file says, and a gateway starts with.
    package static func load(_ bytes: [UInt8]) throws(Faults) -> RouteTable {
        let list = RouteFaultList()
        let document = RoutesDocument(try YAMLReader.read(bytes), faults: list)
        guard list.faults.isEmpty else { throw Faults(faults: list.faults) }
        return document.table
    }
}
