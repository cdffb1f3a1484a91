import Foundation
import Testing

@testable import CLI

@Suite("the built executable", .timeLimit(.minutes(10)))
struct ExecutableTests {
    static let compose = """
        services:
          one:
            x-lockstep: {executable: one, path: ./one}
            environment: {JWT_SECRET: "${JWT_SECRET:?make one}", ENVIRONMENT: development, DB_URL: "postgres://u:hush@h/x"}
            ports: ["${P:-18999}:80"]
        """

    static func run(
        _ arguments: [String], environment: [String: String] = [:], files: [String: String] = [:], input: String = ""
    ) throws -> BuiltLockstep.Answer {
        let trial = try Trial(files: files)
        try Executable.make("\(trial.folder)/one")
        return try BuiltLockstep.run(arguments, environment: environment, folder: trial.folder, input: input)
    }

    @Test("answers with the documented exit codes, and an error is a line, not a backtrace")
    func exitCodes() throws {
        let development = ["ENVIRONMENT": "development", "JWT_SECRET": Samples.secret]
        let cases: [(arguments: [String], environment: [String: String], files: [String: String], status: Int32)] = [
            (["--version"], [:], [:], 0), (["--help"], [:], [:], 0), (["secret", "--help"], [:], [:], 0),
            (["secret"], [:], [:], 0), (["secret", "generate"], [:], [:], 0), (["nonsense"], [:], [:], 64),
            (["secret", "generate", "--bytes", "8"], [:], [:], 64), (["up"], [:], [:], 66),
            (["token", "verify"], development, [:], 1), (["token", "verify", "--jwks", "gone"], [:], [:], 66),
            (["secret", "diagnose"], ["ENVIRONMENT": "production"], [:], 78),
            (["secret", "validate"], ["ENVIRONMENT": "production"], [:], 1),
            (["up", "-f", "c.yml"], [:], ["c.yml": "services: ["], 78),
            (["up", "-f", "c.yml"], [:], ["c.yml": Self.compose], 78),
            (["up", "-f", "c.yml"], [:], ["c.yml": "services:\n  a: {x-lockstep: {executable: gone}}\n"], 69),
            (["up", "-f", "c.yml", "--check"], development, ["c.yml": Self.compose], 0),
        ]
        for (arguments, environment, files, status) in cases {
            let answer = try Self.run(arguments, environment: environment, files: files, input: "x.y.z")
            #expect(answer.status == status, "\(arguments): \(answer)")
            #expect(!answer.err.contains("Fatal error") && !answer.err.contains(".swift:"))
            if status > 1 { #expect(!answer.err.isEmpty) }
        }
    }

    @Test("--help lists every exit code")
    func help() throws {
        let help = try Self.run(["--help"]).out
        for status in ExitStatus.allCases { #expect(help.contains("\n  \(status.rawValue) ")) }
    }

    @Test("up --check prints the plan with keys by kid, and no secret")
    func check() throws {
        let answer = try Self.run(
            ["up", "-f", "c.yml", "--check"], files: ["c.yml": Self.compose, ".env": "JWT_SECRET=\(Samples.secret)\n"])
        #expect(answer.status == 0, "\(answer)")
        #expect(answer.out.contains("JWT_SECRET=<set>"))
        #expect(answer.out.contains("DB_URL=postgres://u:<set>@h/x"))
        #expect(answer.out.contains("answers at   http://127.0.0.1:18999"))
        #expect(answer.out.contains("signing key  "))
        #expect(!(answer.out + answer.err).contains(Samples.secret) && !answer.out.contains("hush"))
    }

    @Test("up warns when the services would not hold one key, before anything starts")
    func disagreement() throws {
        let text = """
            services:
              a: {x-lockstep: {executable: one, path: ./one}, environment: {ENVIRONMENT: development, JWT_SECRET: "\(Samples.secret)"}}
              b: {x-lockstep: {executable: one, path: ./one}, environment: {ENVIRONMENT: development, JWT_SECRET: "\(Samples.other)"}}
            """
        let answer = try Self.run(["up", "-f", "c.yml", "--check"], files: ["c.yml": text])
        #expect(answer.err.contains("do not hold one signing key"))
        #expect(!(answer.out + answer.err).contains(Samples.other))
    }

    @Test("a port in use is told of before anything starts, with the service's name and line")
    func portInUse() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                _ = bind(descriptor, generic, length)
                _ = listen(descriptor, 1)
                _ = getsockname(descriptor, generic, &length)
            }
            return UInt16(bigEndian: pointer.pointee.sin_port)
        }
        let answer = try Self.run(
            ["up", "-f", "c.yml"], environment: ["P": "\(port)", "JWT_SECRET": Samples.secret],
            files: ["c.yml": Self.compose])
        #expect(answer.status == 69)
        #expect(answer.err.contains("c.yml:2: port \(port) of one is in use"))
    }
}
