import Evidence

/// What a workflow hands to the services that it deploys, as a stack: two services that are given two secrets differ there
/// as in a manifest. What an earlier deploy gave them stays, so that nothing is known to be missing; that is `LS112`'s.
enum DeliveryStacks {
    static let targets: Set<Stack.Target> = [.github, .gitlab]

    private struct Lot: Hashable {
        let file: String
        let environment: String?
    }

    static func of(_ deliveries: [Delivery]) -> [Stack] {
        var order: [Lot] = []
        var lots: [Lot: [Delivery]] = [:]
        for delivery in deliveries where gives(delivery) {
            let lot = Lot(file: delivery.position.file, environment: delivery.environment?.label)
            if lots[lot] == nil { order.append(lot) }
            lots[lot, default: []].append(delivery)
        }
        return order.compactMap { lot in
            guard let deliveries = lots[lot], let workloads = workloads(deliveries) else { return nil }
            return Stack(
                lot.file.contains(".gitlab-ci") ? .gitlab : .github, name: lot.file,
                environment: deliveries.first?.environment, files: [lot.file], workloads: workloads)
        }
    }

    /// Where it applies manifests, its variables fill those in, and are not what a service sees.
    private static func gives(_ delivery: Delivery) -> Bool {
        !delivery.services.isEmpty && !delivery.assignments.isEmpty && delivery.manifests.isEmpty
    }

    /// Nil where one service is given two values for a name: then these are deployments that nobody told apart.
    private static func workloads(_ deliveries: [Delivery]) -> [Workload]? {
        var workloads: [Workload] = []
        for delivery in deliveries {
            for service in delivery.services {
                guard let index = workloads.firstIndex(where: { $0.name == service }) else {
                    var workload = Workload(service, at: delivery.position, assignments: delivery.assignments)
                    workload.gaps =
                        delivery.gaps + [Gap("what an earlier deploy gave it stays", at: delivery.position)]
                    workloads.append(workload)
                    continue
                }
                for assignment in delivery.assignments {
                    guard let own = workloads[index][assignment.name] else {
                        workloads[index].assignments.append(assignment)
                        continue
                    }
                    if own.value != assignment.value { return nil }
                }
            }
        }
        return workloads
    }

    /// A manifest's workload to which a workflow hands a signing secret after all may have more than the manifest shows.
    static func noted(_ deliveries: [Delivery], in stack: Stack) -> Stack {
        let handing = deliveries.filter { delivery in
            delivery.target == stack.target && gives(delivery)
                && delivery.assignments.contains { SigningSecretName.isOfInterest($0.name) && !$0.value.isEmpty }
                && (delivery.environment == nil || stack.environment == nil
                    || delivery.environment?.environment == stack.environment?.environment)
        }
        guard !handing.isEmpty else { return stack }
        var stack = stack
        for index in stack.workloads.indices {
            let name = stack.workloads[index].name
            guard
                let delivery = handing.first(where: { $0.services.contains { ServiceName.isSame($0, name) } })
            else { continue }
            stack.workloads[index].gaps.append(Gap("\(delivery.name) hands it variables", at: delivery.position))
        }
        return stack
    }
}
