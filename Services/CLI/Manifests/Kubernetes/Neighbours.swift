import Evidence

/// Which services of a stack name each other in their variables.
enum Neighbours {
    /// - Parameter hosts: further names under which a service is reached, to the names of workloads.
    static func find(in workloads: inout [Workload], hosts: [String: [String]] = [:]) {
        var known = hosts
        for workload in workloads {
            known[workload.name, default: []].append(workload.name)
            // Of `POD/CONTAINER` the pod is what has an address.
            if let slash = workload.name.firstIndex(of: "/") {
                known[String(workload.name[..<slash]), default: []].append(workload.name)
            }
        }
        for index in workloads.indices {
            let own = workloads[index].name
            for assignment in workloads[index].assignments {
                for case .text(let text) in assignment.value.pieces {
                    for label in HostNames.labels(in: text) {
                        for name in known[label] ?? []
                        where name != own && !workloads[index].neighbours.contains(name) {
                            workloads[index].neighbours.append(name)
                        }
                    }
                }
            }
        }
    }
}
