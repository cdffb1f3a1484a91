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

    /// What the file says, whether or not this gateway can perform it.
    package static func read(_ bytes: [UInt8]) throws(Faults) -> RouteTable {
        let list = RouteFaultList()
        let document = RoutesDocument(try YAMLReader.read(bytes), faults: list)
        guard list.faults.isEmpty else { throw Faults(faults: list.faults) }
        return document.table
    }

    /// What a gateway starts with: a table that it performs whole.
    package static func load(_ bytes: [UInt8]) throws(Faults) -> RouteTable {
        let list = RouteFaultList()
        let document = RoutesDocument(try YAMLReader.read(bytes), faults: list)
        for read in document.routes {
            for feature in RouteFeatures.unperformed(read.route) {
                list.add(
                    read.members.place(feature.rawValue),
                    "\(read.members.owner) uses \"\(feature.rawValue)\", which is not performed yet by this gateway",
                    "take it away until a version that performs it")
            }
        }
        guard list.faults.isEmpty else { throw Faults(faults: list.faults) }
        return document.table
    }
}
