import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Testing

extension SuiteTests {
    @Suite("The executables as processes: command line, refusals, health and stopping", .serialized)
    struct Processes {
        static let executables = ["portal", "gateway", "plant"]

        @Test("every fault of the settings is listed at once, with exit code 78", arguments: executables)
        func allFaultsAtOnce(executable: String) throws {
            let wrong = [
                "PORT": "http", "LOG_LEVEL": "loud", "DRAIN_SECONDS": "-1", "JWT_LEEWAY_SECONDS": "301",
                "TRUSTED_PROXIES": "everybody", "JWT_ALGORITHM": "none",
            ]
            let more = ["ENVIRONMENT": "development", "JWT_SECRET": randomText(bytes: 48)]
            let refused = try ServiceCommand.run(executable, [], environment: wrong.merging(more) { $1 })
            #expect(refused.exitCode == 78, "\(refused.output)")
            for name in wrong.keys {
                #expect(refused.output.contains("  \(name): "), "\(name) is not listed: \(refused.output)")
            }
            #expect(!refused.output.contains("Fatal error"))
        }

        @Test("a secret that must not be used is exit code 78, in one line without its value", arguments: executables)
        func refusedSecret(executable: String) throws {
            let folder = FileManager.default.temporaryDirectory.path
            let refused = try ServiceCommand.run(
                executable, [],
                environment: [
                    "ENVIRONMENT": "development", "JWT_SECRET": "too-short-for-hs256", "LOG_FORMAT": "json",
                    "LOG_LEVEL": "critical", "DATABASE_URL": "sqlite://\(folder)/never-\(UUID()).sqlite",
                    "PLANT_BACKEND_URL": "http://127.0.0.1:9", "PORTAL_ADMIN_EMAIL": "a@lockstep.example",
                    "PORTAL_ADMIN_PASSWORD": randomText(bytes: 18),
                ])
            #expect(refused.exitCode == 78, "\(refused.output)")
            #expect(refused.output.split(separator: "\n").count == 1, "\(refused.output)")
            for word in ["JWT_SECRET", "32", "lockstep secret generate", "secret_too_short"] {
                #expect(refused.output.contains(word), "does not say \(word): \(refused.output)")
            }
            #expect(!refused.output.contains("too-short-for-hs256"))
        }

        @Test("lockstep --version says name and version as the services do")
        func versionOfCommandLine() throws {
            let version = try ServiceCommand.run("lockstep", ["--version"])
            #expect(version.exitCode == 0)
            #expect(version.output.wholeMatch(of: /lockstep \d+\.\d+\.\d+\n/) != nil, "\(version.output)")
        }

        @Test(
            "--version says name and version, --help every variable, and neither needs settings", arguments: executables
        )
        func information(executable: String) throws {
            let version = try ServiceCommand.run(executable, ["--version"])
            #expect(version.exitCode == 0)
            #expect(version.output.wholeMatch(of: /(portal|gateway|plant) \d+\.\d+\.\d+\n/) != nil, "\(version.output)")
            #expect(version.output.hasPrefix(executable))
            let help = try ServiceCommand.run(executable, ["--help"])
            #expect(help.exitCode == 0)
            for word in ["JWT_SECRET", "PORT", "ENVIRONMENT", "TRUSTED_PROXIES", "healthcheck"] {
                #expect(help.output.contains(word), "\(executable) --help does not name \(word)")
            }
        }

        @Test(
            "an unknown argument is exit code 64, and named",
            arguments: executables + ["lockstep"], ["--verbose", "serve-me"])
        func unknownArgument(executable: String, argument: String) throws {
            let refused = try ServiceCommand.run(executable, [argument])
            #expect(refused.exitCode == 64, "\(refused.output)")
            #expect(refused.output.contains(argument), "\(refused.output)")
            let second = try ServiceCommand.run(executable, ["--version", argument])
            #expect(executable == "lockstep" || second.exitCode == 64, "a second argument was ignored")
        }

        @Test(
            "healthcheck exits 0 while the service answers, and 1 before and after",
            arguments: RunningSuite.Service.allCases)
        func healthcheck(service: RunningSuite.Service) async throws {
            let suite = try RunningSuite()
            let variables = suite.variables(of: service).merging(["PORT": "\(suite.port(service))"]) { $1 }
            func check() throws -> ServiceCommand {
                try ServiceCommand.run(service.executable, ["healthcheck"], environment: variables)
            }
            #expect(try check().exitCode == 1)
            let process = try suite.start(service)
            try await process.waitForHealth()
            #expect(try check().exitCode == 0)
            await suite.stop()
            #expect(try check().exitCode == 1)
            #expect(try await process.exitCode() == 0, "a service that was told to stop failed: \(process.log)")
            suite.removeFolder()
        }

        @Test("healthcheck does not ask some other port when its own is no port", arguments: executables)
        func healthcheckOfNoPort(executable: String) throws {
            let answer = try ServiceCommand.run(executable, ["healthcheck"], environment: ["PORT": "http"])
            #expect(answer.exitCode == 1)
            #expect(answer.output.contains("PORT"), "does not say why: \(answer.output)")
        }

        @Test("a request in flight at SIGTERM gets its answer, a new connection gets none, and the exit code is 0")
        func drain() async throws {
            try await RunningSuite.run { suite in
                let token = try await TestTokens.access(
                    secret: suite.jwtSecret, now: Int64(Date().timeIntervalSince1970))
                // The gateway first: it needs a plant to drain to.
                for stopped in [RunningSuite.Service.gateway, .plant] {
                    let requestID = "drain-\(UUID().uuidString.lowercased())"
                    let body = #"{"name":"A Grower","email":"\#(stopped.rawValue)@farm.example"}"#
                    let (parts, feed) = AsyncStream.makeStream(of: ByteBuffer.self)
                    var request = HTTPClientRequest(url: suite.url(stopped) + "/api/v1/customers")
                    request.method = .POST
                    request.headers = [
                        "Authorization": "Bearer \(token)", "Content-Type": "application/json",
                        "X-Request-Id": requestID,
                    ]
                    request.body = .stream(parts, length: .known(Int64(body.utf8.count)))
                    feed.yield(ByteBuffer(string: String(body.prefix(10))))

                    async let answer = HTTP.client.execute(request, timeout: .seconds(60))
                    // The plant has its head, so whoever stands before it has it as well.
                    let arrived = await poll(seconds: 30) { suite.process(.plant).log.contains(requestID) }
                    try #require(arrived, "the request never reached the plant")
                    let process = suite.process(stopped)
                    process.terminate()
                    let isStopping = await poll(seconds: 30) { process.log.contains("Stopping; requests in flight") }
                    #expect(isStopping, "\(process.log)")
                    let isClosed = await poll(seconds: 30) { (try? await HTTP.get(process.baseURL + "/health")) == nil }
                    #expect(isClosed, "\(stopped) still takes connections")
                    #expect(process.isRunning, "\(stopped) did not wait for the request")

                    feed.yield(ByteBuffer(string: String(body.dropFirst(10))))
                    feed.finish()
                    #expect(try await answer.status == .created)
                    #expect(try await process.exitCode() == 0, "\(process.log)")
                }
            }
        }
    }
}
