import HTTPKit
import NIOCore

/// Which server of a group an exchange is with. Nil in an exchange whose route names one address.
struct TargetChoice {
    /// One request goes on to so many servers at most.
    static let maximum = 3

    let group: LoopGroup
    var target: Int
    var tried = TargetSet()
}

// Step 7 with a group of servers: which one, what is learned from how it went, and who is next.
extension Exchange {
    /// - Parameter fresh: the second attempt, with the same server, after a kept connection had died.
    func lease(fromGroup name: String, fresh: Bool) {
        if fresh, let choice { return lease(from: choice.group.pool(choice.target), fresh: true) }
        guard let group = loop.upstreams[name] else {
            return refuse(Refusal(.notFound, "this route leads to a service that is not configured here"))
        }
        guard let target = group.choose(now: loop.eventLoop.now, except: TargetSet()) else {
            return refuse(noneInService(group.group))
        }
        take(TargetChoice(group: group, target: target))
    }

    private func take(_ new: TargetChoice) {
        var choice = new
        choice.tried.insert(choice.target)
        self.choice = choice
        line.target = choice.group.group.targets[choice.target].name
        line.attempts = choice.tried.count
        lease(from: choice.group.pool(choice.target), fresh: false)
    }

    /// Nothing of the request was sent, so another server may have it, whatever its method.
    /// - Returns: false when there is no other.
    func goesOnElsewhere(_ fault: UpstreamFault) -> Bool {
        guard var choice else { return false }
        // One whose connections are all in use does what it can.
        if fault != .exhausted { choice.group.failed(choice.target, now: loop.eventLoop.now) }
        guard choice.tried.count < TargetChoice.maximum,
            let next = choice.group.choose(now: loop.eventLoop.now, except: choice.tried)
        else { return false }
        choice.target = next
        take(choice)
        return true
    }

    /// The deadline has passed without an answer.
    /// - Returns: whether another server was there to go on to: one that gave no connection has seen nothing.
    func movesOn() -> Bool {
        guard let ticket = leaseTicket else {
            if machine.isAttached { targetFailed() }
            return false
        }
        pool?.cancel(ticket: ticket)
        leaseTicket = nil
        // Beyond the exchange's own end there is no time to go on.
        return hasTimeLeft && goesOnElsewhere(.connect("no connection in time"))
    }

    /// The head of a response came from the chosen server.
    func targetAnswered(_ status: Int) {
        guard let choice else { return }
        if status >= 500 {
            choice.group.failed(choice.target, now: loop.eventLoop.now)
        } else {
            choice.group.succeeded(choice.target)
        }
    }

    /// It closed, broke off or said nothing in time.
    func targetFailed() {
        guard let choice else { return }
        choice.group.failed(choice.target, now: loop.eventLoop.now)
    }

    private func noneInService(_ group: UpstreamGroup) -> Refusal {
        let seconds = (group.health?.interval ?? 1000) / 1000
        return Refusal(
            .unavailable, "every server of the service behind this route fails its health check",
            cause: "upstream \(group.name): none of \(group.targets.count) targets is in service; "
                + "GET /internal/v1/upstreams says why",
            retryAfter: Int(min(max(seconds, 1), 30)), diagnostics: ["upstream": group.name])
    }
}
