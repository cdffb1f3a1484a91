import Manifests

/// The shell around `StackMachine`: does what it says, and tells it what happened.
package struct StackRunner: Sendable {
    let plan: StackPlan
    let sink: LogSink
    /// Nil: nobody ends the services when this process is killed.
    let stackGuard: StackGuard?
    private let processes = ProcessTable()

    package init(plan: StackPlan, sink: LogSink, guardExecutable: String?) {
        self.plan = plan
        self.sink = sink
        self.stackGuard = guardExecutable.map(StackGuard.init(executable:))
    }

    /// Runs until everything has ended.
    /// - Parameter stops: each element, a reason, asks for an end; the second for an end at once.
    package func run<Stops: AsyncSequence & Sendable>(stops: Stops) async -> ExitStatus
    where Stops.Element: Sendable {
        let (events, send) = AsyncStream.makeStream(of: StackEvent.self)
        var machine = StackMachine(plan)
        let status = await withTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    for try await reason in stops { send.yield(.stop("\(reason)")) }
                } catch {}  // nobody can ask any more
            }
            if let stackGuard { group.addTask { await stackGuard.run() } }
            send.yield(.begin)
            var status: ExitStatus?
            for await event in events {
                for action in machine.on(event) {
                    if case .finish(let result) = action { status = result }
                    perform(action, in: &group, send)
                }
                if status != nil { break }
            }
            stackGuard?.finish()
            group.cancelAll()
            return status ?? .internal
        }
        await sink.flush()
        return status
    }

    private func perform(
        _ action: StackAction, in group: inout TaskGroup<Void>, _ send: AsyncStream<StackEvent>.Continuation
    ) {
        switch action {
        case .launch(let name, let run):
            guard let service = plan.service(name) else { return }
            group.addTask { await launch(service, run: run, send) }
        case .probe(let name, let run):
            guard let service = plan.service(name), let check = service.healthcheck else { return }
            group.addTask {
                let (healthy, detail) = await ChildProcess(service: service).isHealthy(timeout: check.timeout)
                send.yield(.probed(name, run: run, healthy: healthy, detail: detail))
            }
        case .timer(let timer, let duration):
            group.addTask {
                do {
                    try await Task.sleep(for: duration)
                    send.yield(.elapsed(timer))
                } catch {}  // the stack ended first
            }
        case .signal(let name, let number): processes.signal(name, number)
        case .say(let text): sink.say(text)
        case .ready: for line in Self.readyLines(plan) { sink.say(line) }
        case .finish: break
        }
    }

    private func launch(
        _ service: PlannedService, run: Int, _ send: AsyncStream<StackEvent>.Continuation
    ) async {
        let exit = await ChildProcess(service: service).run(
            onStart: { group in
                processes.set(service.name, group)
                stackGuard?.watch(group, grace: service.stopGracePeriod)
                send.yield(.launched(service.name, run: run))
            },
            onEnd: { group in
                processes.set(service.name, nil)
                stackGuard?.forget(group)
            }, onLine: { await sink.line($0, of: service.name) })
        send.yield(.exited(service.name, run: run, exit))
    }

    static func readyLines(_ plan: StackPlan) -> [String] {
        let width = plan.services.map(\.name.count).max() ?? 0
        return ["ready"]
            + plan.services.map { service in
                let padded = service.name + String(repeating: " ", count: width - service.name.count)
                return "  \(padded)  \(service.address ?? "no port")"
            }
    }
}
