import Foundation
import TestSupport
import Testing

extension SuiteTests {
    /// Services whose disk takes nothing more, or never did.
    @Suite("A full disk, and a database that can't be written to", .serialized, .timeLimit(.minutes(10)))
    struct Disks {
        @Test(
            "on a full disk a service answers 503 and is not ready; what it answered 2xx is there, and it goes on by itself",
            .enabled(if: SmallDisk.isPossible, .init(rawValue: SmallDisk.whyNot)))
        func full() async throws {
            try await SmallDisk.with(kibibytes: 8192) { disk in
                let changes: [RunningSuite.Service: [String: String?]] = [
                    .plant: ["DATABASE_URL": "sqlite://\(disk.folder)/plant.sqlite"],
                    .platformPortal: ["DATABASE_URL": "sqlite://\(disk.folder)/portal.sqlite"],
                ]
                try await RunningSuite.run(changes: changes) { suite in
                    let session = try await suite.login()
                    try disk.take(kibibytes: 3072)
                    let created = try await Self.createUntilRefused(suite, session.accessToken)
                    #expect(created.count > 5)
                    try disk.fill()
                    let refused = try await Self.create(suite, session.accessToken, 9999)
                    #expect(refused.status == 503, "\(refused.text)")
                    #expect(refused.text.contains("disk is full or read-only"), "\(refused.text)")
                    #expect(!refused.text.contains(disk.folder))
                    let login = try await HTTP.post(
                        suite.url(.platformPortal) + "/api/v1/auth/login",
                        json: ["email": RunningSuite.adminEmail, "password": suite.adminPassword])
                    #expect(login.status == 503, "\(login.text)")
                    for service in [RunningSuite.Service.plant, .platformPortal] {
                        try await Self.ready(suite, service, says: "database_unwritable")
                    }
                    for id in created { try await Self.expect(id, in: suite, session.accessToken) }

                    disk.makeRoom()
                    for service in [RunningSuite.Service.plant, .platformPortal] {
                        try await Self.ready(suite, service, says: nil)
                    }
                    let more = try await Self.create(suite, session.accessToken, 10_000)
                    #expect(more.status == 201, "\(more.text)")
                    _ = try await suite.login()
                    for id in created { try await Self.expect(id, in: suite, session.accessToken) }
                }
            }
        }

        private static func create(_ suite: RunningSuite, _ token: String, _ number: Int) async throws -> HTTP.Reply {
            try await HTTP.post(
                suite.url(.plant) + "/api/v1/customers",
                json: [
                    "name": "Customer \(number)", "email": "c\(number)@farm.example", "plan": "free",
                    "notes": String(repeating: "n", count: 1900),
                ], token: token)
        }

        private static func createUntilRefused(_ suite: RunningSuite, _ token: String) async throws -> [String] {
            var created: [String] = []
            for number in 0..<4000 {
                let reply = try await create(suite, token, number)
                guard reply.status == 201, let id = reply.json["id"] as? String else {
                    #expect(reply.status == 503, "\(reply.text)")
                    return created
                }
                created.append(id)
            }
            return created
        }

        private static func expect(_ id: String, in suite: RunningSuite, _ token: String) async throws {
            let reply = try await HTTP.get(suite.url(.plant) + "/api/v1/customers/\(id)", token: token)
            #expect(reply.status == 200, "customer \(id) is lost: \(reply.text)")
        }

        private static func ready(
            _ suite: RunningSuite, _ service: RunningSuite.Service, says code: String?
        ) async throws {
            var last: HTTP.Reply?
            let said = await poll(seconds: 30) {
                last = try? await HTTP.get(suite.url(service) + "/ready")
                return last?.status == (code == nil ? 200 : 503)
                    && (code.map { last?.text.contains($0) == true } ?? true)
            }
            #expect(said, "\(service.rawValue): \(last?.text ?? "no answer")")
        }

        @Test(
            "a database file that is read-only ends the start in one line that says what to do, exit code 1",
            .enabled(if: SmallDisk.isPossible, .init(rawValue: SmallDisk.whyNot)),
            arguments: [RunningSuite.Service.plant, .platformPortal])
        func readOnly(_ service: RunningSuite.Service) async throws {
            try await SmallDisk.with(kibibytes: 1024) { disk in
                let suite = try RunningSuite(changes: [
                    service: ["DATABASE_URL": "sqlite://\(disk.folder)/data.sqlite"]
                ])
                let variables = suite.variables(of: service)
                let made = try ServiceCommand.run(service.executable, ["migrate"], environment: variables)
                #expect(made.exitCode == 0, "\(made.output)")
                try disk.makeReadOnly()
                for arguments in [[], ["migrate"]] {
                    let refused = try ServiceCommand.run(
                        service.executable, arguments,
                        environment: variables.merging(["LOG_LEVEL": "critical"]) { $1 })
                    #expect(refused.exitCode == 1, "\(refused.output)")
                    #expect(refused.output.split(separator: "\n").count == 1, "\(refused.output)")
                    for word in ["can't be written to", disk.folder, "uid", "another place"] {
                        #expect(refused.output.contains(word), "does not say \(word): \(refused.output)")
                    }
                }
                suite.removeFolder()
            }
        }

        @Test(
            "a damaged database file ends the start in one line that says what to do, exit code 1",
            arguments: [RunningSuite.Service.plant, .platformPortal])
        func damaged(_ service: RunningSuite.Service) async throws {
            let suite = try RunningSuite()
            let path = "\(suite.folder.path)/\(service.rawValue).sqlite"
            try Data("this is no database, and long enough to be looked at by whoever opens it".utf8)
                .write(to: URL(fileURLWithPath: path))
            let refused = try ServiceCommand.run(
                service.executable, [],
                environment: suite.variables(of: service).merging(["LOG_LEVEL": "critical"]) { $1 })
            #expect(refused.exitCode == 1, "\(refused.output)")
            #expect(refused.output.split(separator: "\n").count == 1, "\(refused.output)")
            #expect(refused.output.contains("restore a backup"), "\(refused.output)")
            suite.removeFolder()
        }

        @Test(
            "migrations tells what a build knows without any setting; services without a database have no such command")
        func migrations() throws {
            for executable in ["plant", "portal"] {
                let answer = try ServiceCommand.run(executable, ["migrations"])
                #expect(answer.exitCode == 0, "\(answer.output)")
                #expect(answer.output.contains(#""namespace":"\#(executable)""#), "\(answer.output)")
            }
            for command in ["migrate", "migrations"] {
                #expect(try ServiceCommand.run("gateway", [command]).exitCode == 64)
            }
            let unset = try ServiceCommand.run("plant", ["migrate"])
            #expect(unset.exitCode == 78)
            #expect(unset.output.contains("DATABASE_URL"))
        }
    }
}
