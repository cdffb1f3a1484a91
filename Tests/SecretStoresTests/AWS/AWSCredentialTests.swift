import Foundation
import Secrets
import TestSupport
import Testing

@testable import SecretStores

@Suite("Credentials for AWS")
struct AWSCredentialTests {
    private static let exchange = AWSCredentialExchange(http: AWSHTTP(client: AWSTestBench.client))

    private static func document(_ id: String, expires: String = "2027-01-15T10:00:00Z") -> String {
        #"{"Code":"Success","AccessKeyId":"\#(id)","SecretAccessKey":"s","Token":"t","Expiration":"\#(expires)"}"#
    }

    private static func load(
        _ variables: [String: String], now: Int64 = AWSTestBench.now
    ) async throws -> AWSCredentials {
        let sources = try AWSCredentialSource.plan(region: "eu-central-1", variables: variables)
        return try await AWSCredentialProvider(sources: sources, exchange: exchange, now: { now }).credentials()
    }

    @Test("the environment comes before all else, and half of a key is a fault of it")
    func environment() async throws {
        let variables = [
            "AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/", "AWS_PROFILE": "x",
        ]
        let credentials = try await Self.load(variables)
        #expect(credentials.accessKeyID == "A")
        #expect(credentials.sessionToken == SecretBytes(utf8: "t"))
        await #expect(throws: AWSFault.self) { try await Self.load(["AWS_SECRET_ACCESS_KEY": "s"]) }
    }

    @Test("a container's endpoint is asked with its token, read from the file at each look")
    func container() async throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: file) }
        try Data("first\n".utf8).write(to: file)
        try await UpstreamServer.with({ _ in .json(Self.document("C")) }) { server in
            let variables = [
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url + "/role",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN": "not this one",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": file.path,
            ]
            #expect(try await Self.load(variables).accessKeyID == "C")
            try Data("second".utf8).write(to: file)
            _ = try await Self.load(variables)
            #expect(server.requests.flatMap { $0.values("authorization") } == ["first", "second"])
            try Data("a\r\nX-Injected: b".utf8).write(to: file)
            await #expect(throws: AWSFault.self) { try await Self.load(variables) }
            #expect(server.requests.count == 2)
        }
    }

    @Test(
        "a token goes to this machine, to the platform or over TLS, and nowhere else",
        arguments: [
            ("http://127.0.0.1:51679/x", true), ("http://localhost/x", true), ("http://169.254.170.2/x", true),
            ("http://169.254.170.23/v1/credentials", true), ("http://[fd00:ec2::23]/v1", true),
            ("http://[::1]:80/", true), ("https://credentials.example/x", true),
            ("http://credentials.example/x", false),
            ("http://169.254.170.2.evil.example/", false), ("http://127.0.0.1@evil.example/", false),
            ("http://127.evil.example.x/", false), ("http://169.254.169.254/", false), ("ftp://127.0.0.1/", false),
            ("http://127.0.0.1\\@evil.example/", false), ("", false),
        ])
    func allowedHosts(url: String, isAllowed: Bool) {
        #expect(AWSContainerEndpoint.isAllowed(url) == isAllowed)
    }

    @Test("the instance is asked by IMDSv2: no role's credentials without a session token")
    func instance() async throws {
        try await UpstreamServer.with({ request in
            switch (request.method, request.path) {
            case ("PUT", "/latest/api/token"):
                return request.values("x-aws-ec2-metadata-token-ttl-seconds") == ["21600"]
                    ? .respond(status: 200, body: Array("session".utf8)) : .respond(status: 400)
            case _ where request.values("x-aws-ec2-metadata-token") != ["session"]: return .respond(status: 401)
            case ("GET", "/latest/meta-data/iam/security-credentials/"):
                return .respond(status: 200, body: Array("role\n".utf8))
            case ("GET", "/latest/meta-data/iam/security-credentials/role"): return .json(Self.document("I"))
            default: return .respond(status: 404)
            }
        }) { server in
            let variables = ["AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url + "/"]
            let credentials = try await Self.load(variables)
            #expect(credentials.accessKeyID == "I")
            #expect(credentials.expiresAt == 1_800_007_200)
            let disabled = variables.merging(["AWS_EC2_METADATA_DISABLED": "true"]) { $1 }
            await #expect(throws: AWSFault.noCredentials(reason: "no AWS credentials are configured")) {
                try await Self.load(disabled)
            }
        }
    }

    @Test("a role is taken on with the platform's token, and what STS gives is used")
    func webIdentity() async throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: file) }
        try Data("e.y.J\n".utf8).write(to: file)
        let answer = """
            <AssumeRoleWithWebIdentityResponse><Credentials><AccessKeyId>W</AccessKeyId><SecretAccessKey>a/b+c\
            </SecretAccessKey><SessionToken>t==</SessionToken><Expiration>2027-01-15T10:00:00Z</Expiration>\
            </Credentials></AssumeRoleWithWebIdentityResponse>
            """
        try await UpstreamServer.with({ _ in .respond(status: 200, body: Array(answer.utf8)) }) { server in
            let credentials = try await Self.load([
                "AWS_WEB_IDENTITY_TOKEN_FILE": file.path, "AWS_ROLE_ARN": "arn:aws:iam::1:role/x",
                "AWS_ENDPOINT_URL_STS": server.url,
            ])
            #expect(credentials.accessKeyID == "W")
            #expect(credentials.secretAccessKey == SecretBytes(utf8: "a/b+c"))
            let form = server.requests.first.map { String(decoding: $0.body, as: UTF8.self) } ?? ""
            #expect(form.contains("RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fx"))
            #expect(form.hasSuffix("WebIdentityToken=e.y.J"))
        }
    }

    private static let files = """
        # a comment
        [default]
        aws_access_key_id = D
        aws_secret_access_key = d=with=equals
        [profile named]
        aws_access_key_id=N
        aws_secret_access_key=n
        s3 =
          aws_access_key_id = nested
        [profile runs]
        credential_process = /bin/steal
        [profile signs-in]
        sso_session = x
        [profile takes-on]
        role_arn = arn
        source_profile = named
        """

    @Test("profiles give keys; programs, sign-ins and roles are refused by name")
    func profiles() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(
            at: folder.appendingPathComponent(".aws"), withIntermediateDirectories: true)
        try Data(Self.files.utf8).write(to: folder.appendingPathComponent(".aws/config"))
        let home = ["HOME": folder.path, "AWS_EC2_METADATA_DISABLED": "true"]
        let byDefault = try await Self.load(home)
        #expect(byDefault.accessKeyID == "D")
        #expect(byDefault.secretAccessKey == SecretBytes(utf8: "d=with=equals"))
        #expect(try await Self.load(home.merging(["AWS_PROFILE": "named"]) { $1 }).accessKeyID == "N")
        for (name, word) in [("runs", "program"), ("signs-in", "sign-in"), ("takes-on", "role"), ("none", "neither")] {
            let fault = await #expect(throws: AWSFault.self) {
                try await Self.load(home.merging(["AWS_PROFILE": name]) { $1 })
            }
            #expect(fault?.reason.contains(word) == true)
            #expect(fault?.reason.contains("steal") == false)
        }
    }

    @Test("credentials that end are renewed ahead, by one of many, and kept where renewing fails")
    func renewed() async throws {
        let clock = ManualClock(AWSTestBench.now)
        try await UpstreamServer.with({ request in
            // 1_800_007_200 is two hours later.
            request.connection > 0 && clock.now < 1_800_007_000 ? .json(Self.document("C")) : .respond(status: 403)
        }) { server in
            let sources = try AWSCredentialSource.plan(
                region: "eu-central-1", variables: ["AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url + "/"])
            let provider = AWSCredentialProvider(sources: sources, exchange: Self.exchange, now: { clock.now })
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 { group.addTask { _ = try await provider.credentials() } }
                try await group.waitForAll()
            }
            #expect(server.requests.count == 1)
            clock.advance(7_200 - 301)
            _ = try await provider.credentials()
            #expect(server.requests.count == 1)
            clock.advance(1)
            _ = try await provider.credentials()
            #expect(server.requests.count == 2)
            clock.advance(200)
            #expect(try await provider.credentials().accessKeyID == "C")
            #expect(server.requests.count == 3, "refused, and those that are held still serve")
            clock.advance(100)
            await #expect(throws: AWSFault.self) { _ = try await provider.credentials() }
        }
    }

    @Test("credentials that AWS calls expired are fetched once more")
    func revoked() async throws {
        let fake = SecretsManagerFake()
        fake.put(AWSTestBench.first, id: "a")
        fake.change { $0.faults = ["ExpiredTokenException"] }
        let document = """
            {"AccessKeyId":"\(SecretsManagerFake.keyID)","SecretAccessKey":"\(SecretsManagerFake.key)","Token":"t",\
            "Expiration":"2027-01-15T10:00:00Z"}
            """
        try await UpstreamServer.with({ $0.path == "/role" ? .json(document) : fake.handle($0) }) { server in
            let store = AWSTestBench.store(
                server.url,
                variables: [
                    "AWS_ENDPOINT_URL": server.url, "AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url + "/role",
                ])
            #expect(await store.read() == .found(AWSTestBench.bytes(AWSTestBench.first), revision: "current=a"))
            #expect(server.requests(to: "/role").count == 2)
        }
    }
}
