import Dispatch
import Foundation
import Testing

@testable import CLI

@Suite("lockstep up, with real processes", .serialized, .timeLimit(.minutes(10)))
struct SupervisionTests {
    static func service(_ name: String, _ more: String...) -> String {
        "  \(name):\n    x-lockstep: {executable: \(name), path: ./\(name)}\n" + more.map { "    \($0)\n" }.joined()
    }

    static let healthy = "healthcheck: {test: x, interval: 100ms, retries: 6000}"
    /// Says that it runs, and that it was asked to end.
    static let polite = """
        trap 'echo bye; exit 0' TERM
        echo "up pid $$"
        ready
        while :; do sleep 1000 & wait $!; done
        """

    static func processIDs(_ lines: [String]) -> [pid_t] {
        lines.compactMap { $0.firstMatch(of: /up pid (\d+)/).flatMap { pid_t($0.1) } }
    }

    @Test(
        "starts in order, reports readiness, and Ctrl-C stops all, dependents first",
        arguments: [SIGINT, SIGTERM, SIGHUP])
    func wholeLife(signal: Int32) async throws {
        let stack = try RunningStack(
            compose: "services:\n"
                + Self.service("two", "depends_on: {one: {condition: service_healthy}}", Self.healthy)
                + Self.service("one", Self.healthy),
            scripts: ["one": Self.polite, "two": Self.polite])
        let started = await stack.output(until: "lockstep: ready")
        let order = started.filter { $0.contains("up pid") || $0.contains("healthy") }
        #expect(
            order.map { $0.prefix(4) == "lock" ? $0 : String($0.prefix(4)) } == [
                "one ", "lockstep: one is healthy", "two ", "lockstep: two is healthy",
            ], "\(started)")
        stack.send(signal)
        let all = await stack.output(until: nil)
        #expect(await stack.end() == 0)
        #expect(all.filter { $0.hasSuffix("| bye") } == ["two | bye", "one | bye"])
        for id in Self.processIDs(all) { #expect(kill(id, 0) != 0 && errno == ESRCH) }
    }

    @Test("a service that dies is reported with its last lines and code, the others are stopped, exit 1")
    func death() async throws {
        let stack = try RunningStack(
            compose: "services:\n" + Self.service("one", Self.healthy)
                + Self.service("two", "depends_on: {one: {condition: service_healthy}}"),
            scripts: ["one": Self.polite, "two": "echo first; echo last words >&2; exit 7"])
        let all = await stack.output(until: nil)
        #expect(await stack.end() == 1)
        #expect(all.contains("lockstep:   two said: last words"))
        #expect(all.contains("lockstep: two exited with code 7; stopping the others"))
        #expect(all.contains("one | bye"))
    }

    @Test("what a service started ends with it")
    func grandchildren() async throws {
        let stack = try RunningStack(
            compose: "services:\n" + Self.service("one"),
            scripts: ["one": "sleep 1000 & echo \"up pid $!\"; exit 3"])
        let all = await stack.output(until: nil)
        #expect(await stack.end() == 1)
        let id = try #require(Self.processIDs(all).first)
        // Dead, or a zombie that the system has not taken away yet.
        let state = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)
        #expect(state == nil || state?.contains(") Z ") == true)
    }

    @Test("a restart policy brings a service back")
    func restart() async throws {
        let stack = try RunningStack(
            compose: "services:\n" + Self.service("one", Self.healthy, "restart: unless-stopped"),
            scripts: ["one": "test -e \"$0.again\" || { : > \"$0.again\"; echo oops; exit 9; }\n" + Self.polite])
        let all = await stack.output(until: "lockstep: ready")
        #expect(all.contains("lockstep: one exited with code 9; restarting in 0.1 s"))
        #expect(all.contains("lockstep:   one said: oops"))
        stack.send(SIGINT)
        await stack.output(until: nil)
        #expect(await stack.end() == 0)
    }

    @Test("exit code 78 is never restarted: no restart mends a setting")
    func configurationExit() async throws {
        let stack = try RunningStack(
            compose: "services:\n" + Self.service("one", "restart: always"),
            scripts: ["one": "echo refused; exit 78"])
        let all = await stack.output(until: nil)
        #expect(await stack.end() == 1)
        #expect(all.filter { $0 == "one | refused" }.count == 1)
    }

    @Test("one that never gets healthy ends the stack at its deadline, with what its healthcheck said")
    func neverHealthy() async throws {
        let stack = try RunningStack(
            compose: "services:\n" + Self.service("one", "healthcheck: {interval: 50ms, timeout: 100ms, retries: 1}"),
            scripts: ["one": "while :; do sleep 1000 & wait $!; done"])
        let all = await stack.output(until: nil)
        #expect(await stack.end() == 1)
        #expect(all.contains { $0.contains("one was not healthy within 0.1 s") })
    }

    @Test("a service that ignores its stop signal is killed after its grace")
    func stubborn() async throws {
        let stack = try RunningStack(
            compose: "services:\n" + Self.service("one", Self.healthy, "stop_grace_period: 100ms"),
            scripts: ["one": "trap '' TERM\nready\nwhile :; do sleep 1000; done"])
        await stack.output(until: "lockstep: ready")
        stack.send(SIGTERM)
        let all = await stack.output(until: nil)
        #expect(await stack.end() == 0)
        #expect(all.contains("lockstep: one did not end in time and is killed"))
    }

    @Test("the services do not outlive a lockstep that was killed")
    func killed() async throws {
        let stack = try RunningStack(
            compose: "services:\n" + Self.service("one", Self.healthy, "stop_grace_period: 2s"),
            scripts: ["one": "exec 3> \"$0.fifo\"\n" + Self.polite], prepare: { mkfifo("\($0)/one.fifo", 0o600) })
        let fifo = "\(stack.folder)/one.fifo"
        // Opening waits for the service; reading ends when the last process that it started has ended.
        let ended = Task { () -> Int in
            await withCheckedContinuation { continuation in
                DispatchQueue.global().async {
                    let handle = FileHandle(forReadingAtPath: fifo)
                    let data = try? handle?.readToEnd()
                    continuation.resume(returning: data?.count ?? 0)
                }
            }
        }
        await stack.output(until: "lockstep: ready")
        stack.send(SIGKILL)
        #expect(await ended.value == 0)
    }

    @Test("a process gets what compose gives it, and nothing else of the shell's environment")
    func environment() async throws {
        let stack = try RunningStack(
            compose: "services:\n"
                + Self.service(
                    "one", Self.healthy, "environment: {A: \"${FROM_ENV}\", HOST: 0.0.0.0}", "volumes: [data:/data]"),
            scripts: ["one": "env | sort > \"$0.env\"\n" + Self.polite], files: [".env": "FROM_ENV=yes\n"])
        await stack.output(until: "lockstep: ready")
        stack.send(SIGINT)
        await stack.output(until: nil)
        // PWD and the like are the shell's own.
        let names = stack.read("one.env").split(separator: "\n").filter { !$0.hasPrefix("PWD=") && !$0.hasPrefix("_=") }
        #expect(names == ["A=yes", "HOST=127.0.0.1", "PATH=/usr/bin:/bin"])
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(stack.folder)/.lockstep/volumes/data")
        #expect(attributes[.posixPermissions] as? Int == 0o700)
    }

    @Test("output without line end, of any length, from both channels, comes whole")
    func output() async throws {
        let stack = try RunningStack(
            compose: "services:\n" + Self.service("one"),
            scripts: [
                "one": """
                head -c 200000 /dev/zero | tr '\\0' x
                echo; echo error >&2
                printf 'no line end'
                exit 5
                """
            ])
        let all = await stack.output(until: nil)
        #expect(await stack.end() == 1)
        #expect(all.contains("one | no line end"))
        #expect(all.contains("one | error"))
        #expect(all.filter { $0.hasPrefix("one | xx") }.map { $0.count - 6 } == [65_536, 65_536, 65_536, 3_392])
    }
}
