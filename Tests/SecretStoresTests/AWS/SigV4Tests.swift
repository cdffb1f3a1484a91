import Secrets
import Testing

@testable import SecretStores

/// The credentials, place and time of AWS's published test suite.
@Suite("AWS signatures")
struct SigV4Tests {
    private static let credentials = AWSCredentials(
        accessKeyID: "AKIDEXAMPLE", secretAccessKey: SecretBytes(utf8: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
        sessionToken: nil, expiresAt: nil)
    private static let now: Int64 = 1_440_938_160
    private static let host = (name: "Host", value: "example.amazonaws.com")

    struct Vector: Sendable, CustomStringConvertible {
        var description: String
        var method = "GET"
        var query = ""
        var headers: [(name: String, value: String)] = []
        var body = ""
        var signedHeaders = "host;x-amz-date"
        var signature: String
    }

    static let vectors = [
        Vector(
            description: "get-vanilla",
            signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        Vector(
            description: "post-vanilla", method: "POST",
            signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
        Vector(
            description: "get-vanilla-query-order-key-case", query: "Param1=value1&Param2=value2",
            signature: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
        Vector(
            description: "post-x-www-form-urlencoded", method: "POST",
            headers: [("Content-Type", "application/x-www-form-urlencoded")], body: "Param1=value1",
            signedHeaders: "content-type;host;x-amz-date",
            signature: "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"),
        Vector(
            description: "get-header-value-trim",
            headers: [("My-Header1", " value1"), ("My-Header2", " \"a   b   c\"")],
            signedHeaders: "host;my-header1;my-header2;x-amz-date",
            signature: "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"),
    ]

    @Test("are those of AWS's published test suite", arguments: vectors)
    func published(vector: Vector) throws {
        let signed = SigV4(region: "us-east-1", service: "service").signed(
            .init(
                method: vector.method, path: "/", query: vector.query, headers: [Self.host] + vector.headers,
                body: Array(vector.body.utf8)),
            by: Self.credentials, now: Self.now)
        let header = try #require(signed.first { $0.name == "authorization" })
        #expect(
            header.value == """
                AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
                SignedHeaders=\(vector.signedHeaders), Signature=\(vector.signature)
                """)
    }

    @Test("a session token is signed with the rest, as botocore does it")
    func sessionToken() throws {
        var credentials = Self.credentials
        credentials = AWSCredentials(
            accessKeyID: credentials.accessKeyID, secretAccessKey: credentials.secretAccessKey,
            sessionToken: SecretBytes(utf8: "SESSION/TOKEN+1=="), expiresAt: nil)
        let signed = SigV4(region: "eu-central-1", service: "secretsmanager").signed(
            .init(
                method: "POST", path: "/",
                headers: [
                    ("host", "secretsmanager.eu-central-1.amazonaws.com"),
                    ("content-type", "application/x-amz-json-1.1"), ("x-amz-target", "secretsmanager.GetSecretValue"),
                ], body: Array(#"{"SecretId":"prod/jwt"}"#.utf8)),
            by: credentials, now: Self.now)
        #expect(signed.contains { $0.name == "x-amz-security-token" && $0.value == "SESSION/TOKEN+1==" })
        let signature = "ac22a928b5664f5f270542e8beaac05b1403d074c099d56b035d630c4015e578"
        #expect(signed.last?.value.hasSuffix("x-amz-security-token;x-amz-target, Signature=\(signature)") == true)
    }

    @Test(
        "another method, body, header, time or key is another signature",
        arguments: [
            { (request: inout SigV4.Request, _: inout Int64) in request.method = "PUT" },
            { request, _ in request.body.append(0) },
            { request, _ in request.headers.append(("x-more", "1")) },
            { _, now in now += 1 },
        ] as [@Sendable (inout SigV4.Request, inout Int64) -> Void])
    func covered(change: @Sendable (inout SigV4.Request, inout Int64) -> Void) {
        let signer = SigV4(region: "us-east-1", service: "service")
        var request = SigV4.Request(method: "POST", path: "/", headers: [Self.host], body: [1])
        var now = Self.now
        let first = signer.signed(request, by: Self.credentials, now: now).last?.value
        change(&request, &now)
        #expect(signer.signed(request, by: Self.credentials, now: now).last?.value != first)
    }

    @Test("credentials show neither key nor session token")
    func shown() {
        let text = "\(Self.credentials)" + String(reflecting: Self.credentials)
        #expect(!text.contains("wJalr"))
    }

    @Test(
        "times are written and read as AWS does",
        arguments: [
            (0, "19700101T000000Z", "1970-01-01T00:00:00Z"),
            (1_440_938_160, "20150830T123600Z", "2015-08-30T12:36:00Z"),
            (951_782_399, "20000228T235959Z", "2000-02-28T23:59:59Z"),
            (951_827_696, "20000229T123456Z", "2000-02-29T12:34:56Z"),
            (1_709_251_199, "20240229T235959Z", "2024-02-29T23:59:59.000Z"),
            (4_107_542_400, "21000301T000000Z", "2100-03-01T00:00:00Z"),
        ])
    func timestamps(seconds: Int64, basic: String, extended: String) {
        #expect(AWSTimestamp.basic(seconds) == basic)
        #expect(AWSTimestamp.seconds(extended) == seconds)
    }

    @Test(
        "what is no time is none",
        arguments: [
            "", "2015-08-30", "2015-08-30T12:36:00", "2015-08-30 12:36:00Z", "2015-13-30T12:36:00Z", "ééééééééééZ",
        ])
    func noTimestamps(text: String) {
        #expect(AWSTimestamp.seconds(text) == nil)
    }
}
