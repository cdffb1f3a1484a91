import Manifests

/// `lockstep up --check`: the plan for people; secrets as `<set>`, signing keys by kid.
enum PlanReport {
    static func lines(_ plan: StackPlan, keys: [String: String]) -> [String] {
        var lines: [String] = []
        for service in plan.services {
            lines.append(service.name)
            lines.append("  runs         \(([service.executable] + service.arguments).joined(separator: " "))")
            if let address = service.address { lines.append("  answers at   \(address)") }
            if let key = keys[service.name] { lines.append("  signing key  \(key)") }
            for dependency in service.dependencies {
                lines.append("  waits for    \(dependency.service) (\(dependency.condition.rawValue))")
            }
            lines.append("  environment")
            for (name, value) in service.environment.sorted(by: { $0.key < $1.key }) {
                lines.append("    \(name)=\(SecretVariable.masked(name, value: value))")
            }
            if !service.ignoredKeys.isEmpty {
                lines.append("  not used outside containers: \(service.ignoredKeys.joined(separator: ", "))")
            }
        }
        for skipped in plan.skipped { lines.append("\(skipped.name) is skipped: \(skipped.reason)") }
        return lines
    }
}
