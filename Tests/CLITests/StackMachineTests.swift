import Evidence
import Testing

@testable import CLI
@testable import Manifests

@Suite("the stack's machine")
struct StackMachineTests {
    static func service(
        _ name: String, needs: [(String, ComposeDependency.Condition)] = [], health: Bool = true,
        restart: ComposeRestart = .never
    ) -> PlannedService {
        let position = SourcePosition(file: "c.yml", line: 1)
        var check = ComposeHealthcheck()
        check.interval = .seconds(10)
        check.timeout = .seconds(3)
        check.retries = 2
        check.startPeriod = .seconds(5)
        return PlannedService(
            name: name, position: position, executable: "/bin/\(name)", arguments: [], environment: [:],
            workingDirectory: "/", ports: [],
            dependencies: needs.map { ComposeDependency(service: $0.0, condition: $0.1, position: position) },
            healthcheck: health ? check : nil, restart: restart, stopGracePeriod: .seconds(4), stopSignal: 15,
            ignoredKeys: [])
    }

    static func machine(_ services: PlannedService...) -> StackMachine {
        StackMachine(StackPlan(services: services, skipped: [], folders: [], warnings: []))
    }

    static func exit(_ code: Int32) -> ChildExit { .code(code, lastLines: ["last words"]) }

    @Test("waits for health before it starts what depends on it, and says when all is ready")
    func startsInOrder() {
        var machine = Self.machine(Self.service("a"), Self.service("b", needs: [("a", .healthy)]))
        #expect(machine.on(.begin) == [.launch("a", run: 1)])
        #expect(
            machine.on(.launched("a", run: 1)) == [
                .timer(.settled("a", run: 1), .seconds(10)), .timer(.probe("a", run: 1), .milliseconds(500)),
                .timer(.healthDeadline("a"), .seconds(28)),
            ])
        #expect(machine.on(.elapsed(.probe("a", run: 1))) == [.probe("a", run: 1)])
        #expect(
            machine.on(.probed("a", run: 1, healthy: false, detail: "no"))
                == [.timer(.probe("a", run: 1), .milliseconds(500))])
        #expect(
            machine.on(.probed("a", run: 1, healthy: true, detail: "")) == [
                .say("a is healthy"), .timer(.probe("a", run: 1), .seconds(10)), .launch("b", run: 1),
            ])
        _ = machine.on(.launched("b", run: 1))
        #expect(machine.on(.probed("b", run: 1, healthy: true, detail: "")).last == .ready)
    }

    @Test("service_started waits for the start alone, and no healthcheck is ready at once")
    func started() {
        var machine = Self.machine(
            Self.service("a", health: false), Self.service("b", needs: [("a", .started)], health: false))
        _ = machine.on(.begin)
        #expect(machine.on(.launched("a", run: 1)).last == .launch("b", run: 1))
        #expect(machine.on(.launched("b", run: 1)).last == .ready)
    }

    @Test("service_completed_successfully waits for an end with code 0, which is then no failure")
    func completed() {
        var machine = Self.machine(
            Self.service("a", health: false), Self.service("b", needs: [("a", .completed)], health: false))
        _ = machine.on(.begin)
        #expect(machine.on(.launched("a", run: 1)).contains(.launch("b", run: 1)) == false)
        #expect(machine.on(.exited("a", run: 1, Self.exit(0))) == [.say("a has completed"), .launch("b", run: 1)])
    }

    @Test("a service that was not healthy by its deadline takes the stack down, with what it said last")
    func deadline() {
        var machine = Self.machine(Self.service("a"))
        _ = machine.on(.begin)
        _ = machine.on(.launched("a", run: 1))
        _ = machine.on(.probed("a", run: 1, healthy: false, detail: "connection refused"))
        let actions = machine.on(.elapsed(.healthDeadline("a")))
        #expect(
            actions.first
                == .say(
                    "a was not healthy within 28 s (healthcheck: connection refused); stopping the others"))
        #expect(actions.contains(.signal("a", 15)))
        #expect(machine.on(.exited("a", run: 1, Self.exit(0))) == [.finish(.negative)])
    }

    @Test("a service that dies is reported with its last words, the others are stopped, exit 1")
    func death() {
        var machine = Self.machine(Self.service("a", health: false), Self.service("b", health: false))
        _ = machine.on(.begin)
        _ = machine.on(.launched("a", run: 1))
        _ = machine.on(.launched("b", run: 1))
        #expect(
            machine.on(.exited("a", run: 1, Self.exit(3))) == [
                .say("  a said: last words"), .say("a exited with code 3; stopping the others"), .signal("b", 15),
                .timer(.kill("b", run: 1), .seconds(4)),
            ])
        #expect(machine.on(.exited("b", run: 1, Self.exit(0))) == [.finish(.negative)])
    }

    @Test("an end with code 0 that nobody waits for is a death too")
    func unexpectedEnd() {
        var machine = Self.machine(Self.service("a", health: false))
        _ = machine.on(.begin)
        _ = machine.on(.launched("a", run: 1))
        #expect(machine.on(.exited("a", run: 1, Self.exit(0))).last == .finish(.negative))
    }

    @Test("restarts as compose does, with growing pauses that a long run takes back")
    func restarts() {
        var machine = Self.machine(Self.service("a", health: false, restart: .always))
        _ = machine.on(.begin)
        var pauses: [Duration] = []
        func crash(_ run: Int) {
            _ = machine.on(.launched("a", run: run))
            for action in machine.on(.exited("a", run: run, Self.exit(1))) {
                if case .timer(.relaunch, let pause) = action { pauses.append(pause) }
            }
            #expect(machine.on(.elapsed(.relaunch("a", run: run))) == [.launch("a", run: run + 1)])
        }
        for run in 1...12 { crash(run) }
        #expect(pauses.prefix(3) == [.milliseconds(100), .milliseconds(200), .milliseconds(400)])
        #expect(pauses.last == .seconds(60))
        _ = machine.on(.launched("a", run: 13))
        _ = machine.on(.elapsed(.settled("a", run: 13)))
        _ = machine.on(.exited("a", run: 13, Self.exit(1)))
        #expect(machine.on(.elapsed(.relaunch("a", run: 13))) == [.launch("a", run: 14)])
        crash(14)
        #expect(pauses.last == .milliseconds(200))
    }

    @Test(
        "restart policies",
        arguments: [
            (ComposeRestart.never, 1, 0, false), (.always, 0, 0, true), (.always, 1, 50, true),
            (.onFailure(limit: nil), 0, 0, false), (.onFailure(limit: nil), 1, 50, true),
            (.onFailure(limit: 2), 1, 1, true), (.onFailure(limit: 2), 1, 2, false),
            // A setting or a secret is wrong.
            (.always, 78, 0, false), (.onFailure(limit: nil), 78, 0, false),
        ] as [(ComposeRestart, Int32, Int, Bool)])
    func policies(policy: ComposeRestart, code: Int32, crashes: Int, restarts: Bool) {
        #expect((RestartRule.delay(policy, after: Self.exit(code), crashesInARow: crashes) != nil) == restarts)
        #expect(RestartRule.delay(policy, after: .notStarted("no"), crashesInARow: 0) == nil)
    }

    @Test("stops dependents before what they depend on, and finishes when nothing is left")
    func stopsInReverse() {
        var machine = Self.machine(
            Self.service("a", health: false), Self.service("b", needs: [("a", .started)], health: false))
        _ = machine.on(.begin)
        _ = machine.on(.launched("a", run: 1))
        _ = machine.on(.launched("b", run: 1))
        #expect(
            machine.on(.stop("SIGINT")) == [
                .say("SIGINT: stopping; once more kills"), .timer(.patience, .milliseconds(500)), .signal("b", 15),
                .timer(.kill("b", run: 1), .seconds(4)),
            ])
        #expect(
            machine.on(.exited("b", run: 1, Self.exit(0))) == [
                .signal("a", 15), .timer(.kill("a", run: 1), .seconds(4)),
            ])
        #expect(machine.on(.exited("a", run: 1, .signal(15, lastLines: []))) == [.finish(.ok)])
    }

    @Test("kills what outlives its grace, and all at a second stop, but not at the same one twice")
    func kills() {
        var machine = Self.machine(Self.service("a", health: false), Self.service("b", health: false))
        _ = machine.on(.begin)
        _ = machine.on(.launched("a", run: 1))
        _ = machine.on(.launched("b", run: 1))
        _ = machine.on(.stop("SIGTERM"))
        #expect(machine.on(.stop("SIGTERM")) == [])
        #expect(
            machine.on(.elapsed(.kill("a", run: 1)))
                == [.say("a did not end in time and is killed"), .signal("a", 9)])
        _ = machine.on(.exited("a", run: 1, .signal(9, lastLines: [])))
        #expect(machine.on(.elapsed(.kill("a", run: 1))) == [])
        _ = machine.on(.elapsed(.patience))
        #expect(machine.on(.stop("SIGTERM")) == [.signal("b", 9)])
    }

    @Test("a stop before or while something starts leaves nothing behind")
    func stopDuringStart() {
        var machine = Self.machine(Self.service("a"), Self.service("b", needs: [("a", .healthy)]))
        _ = machine.on(.begin)
        #expect(machine.on(.stop("SIGINT")).contains(.signal("a", 15)) == false)
        #expect(machine.on(.launched("a", run: 1)) == [.signal("a", 15), .timer(.kill("a", run: 1), .seconds(4))])
        #expect(machine.on(.exited("a", run: 1, .signal(15, lastLines: []))) == [.finish(.ok)])
    }

    @Test("a stop while a crashed service waits for its restart ends it there")
    func stopDuringBackoff() {
        var machine = Self.machine(Self.service("a", health: false, restart: .always))
        _ = machine.on(.begin)
        _ = machine.on(.launched("a", run: 1))
        _ = machine.on(.exited("a", run: 1, Self.exit(1)))
        #expect(machine.on(.stop("SIGINT")).last == .finish(.ok))
        #expect(machine.on(.elapsed(.relaunch("a", run: 1))) == [])
    }

    @Test("later ill health is said once, and again when it is over")
    func health() {
        var machine = Self.machine(Self.service("a"))
        _ = machine.on(.begin)
        _ = machine.on(.launched("a", run: 1))
        _ = machine.on(.probed("a", run: 1, healthy: true, detail: ""))
        func probe(_ healthy: Bool) -> [StackAction] {
            machine.on(.probed("a", run: 1, healthy: healthy, detail: "slow")).filter {
                if case .say = $0 { true } else { false }
            }
        }
        #expect(probe(false) == [])
        #expect(probe(false) == [.say("a is unhealthy: slow")])
        #expect(probe(false) == [])
        #expect(probe(true) == [.say("a is healthy again")])
    }

    @Test("news of an earlier run is nothing to the present one")
    func staleNews() {
        var machine = Self.machine(Self.service("a", restart: .always))
        _ = machine.on(.begin)
        _ = machine.on(.launched("a", run: 1))
        _ = machine.on(.exited("a", run: 1, Self.exit(1)))
        _ = machine.on(.elapsed(.relaunch("a", run: 1)))
        #expect(machine.on(.probed("a", run: 1, healthy: true, detail: "")) == [])
        #expect(machine.on(.elapsed(.probe("a", run: 1))) == [])
        #expect(machine.on(.elapsed(.kill("a", run: 1))) == [])
    }
}
