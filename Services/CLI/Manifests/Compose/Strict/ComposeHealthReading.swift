import Evidence

extension ComposeReader {
    mutating func healthcheck(_ node: ManifestNode) -> ComposeHealthcheck? {
        guard let members = node.map else {
            fault(node.position, "healthcheck is a \(node.kindName), not a mapping", "write test, interval, …")
            return nil
        }
        var check = ComposeHealthcheck()
        for member in members {
            switch member.key {
            case "test": if isDisabled(member.value) { return nil }
            case "disable": if ["true", "True", "yes"].contains(member.value.scalar?.text ?? "") { return nil }
            case "interval": check.interval = duration(member.value, of: member.key) ?? check.interval
            case "timeout": check.timeout = duration(member.value, of: member.key) ?? check.timeout
            case "start_period": check.startPeriod = duration(member.value, of: member.key) ?? check.startPeriod
            case "start_interval": check.startInterval = duration(member.value, of: member.key)
            case "retries":
                if let retries = member.value.scalar.flatMap({ Int($0.text) }), retries > 0 {
                    check.retries = retries
                } else {
                    fault(member.position, "retries is no number from 1 on", "write one like 5")
                }
            default:
                fault(
                    member.position, "the key \(member.key) of healthcheck is not understood",
                    "use test, interval, timeout, retries, start_period, start_interval, disable")
            }
        }
        guard check.interval > .zero, check.timeout > .zero else {
            fault(node.position, "interval and timeout must be longer than nothing", "write durations like 5s")
            return check
        }
        return check
    }

    private func isDisabled(_ test: ManifestNode) -> Bool {
        test.list?.first?.scalar?.text == "NONE" || test.scalar?.text == "NONE"
    }
}
