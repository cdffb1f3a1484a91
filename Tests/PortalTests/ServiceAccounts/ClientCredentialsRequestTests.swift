import Foundation
import Testing

@testable import Portal

@Suite("Requests of the token endpoint") struct ClientCredentialsRequestTests {
    private static func basic(_ pair: String) -> String { "Basic " + Data(pair.utf8).base64EncodedString() }

    @Test("client_secret_basic and client_secret_post say the same, form-encoded once more within Basic")
    func bothWays() throws {
        let post = try ClientCredentialsRequest(
            authorization: [],
            body: "grant_type=client_credentials&client_id=a%3Ab&client_secret=s%2B+t&scope=read+write")
        let basic = try ClientCredentialsRequest(
            authorization: [Self.basic("a%3Ab:s%2B+t")], body: "grant_type=client_credentials&scope=read%20write")
        #expect(post.clientID == "a:b")
        #expect(post.secret == "s+ t")
        #expect(post.scope == ["read", "write"])
        #expect(!post.isBasic)
        #expect(basic.isBasic)
        #expect((basic.clientID, basic.secret) == (post.clientID, post.secret))
        #expect(basic.scope == post.scope)
    }

    static let faults: [([String], String, ClientCredentialsRequest.Fault)] = [
        ([], "", .malformed("grant_type is missing")),
        ([], "grant_type=&client_id=a&client_secret=b", .malformed("grant_type is missing")),
        ([], "grant_type=password&username=a&password=b", .unsupportedGrant),
        ([], "grant_type=client_credentials", .noClient),
        ([], "grant_type=client_credentials&client_id=a", .noClient),
        (
            [], "grant_type=client_credentials&client_id=a&client_id=b&client_secret=c",
            .malformed("a parameter comes twice")
        ),
        ([], "grant_type=client_credentials&client_id=%ff&client_secret=c", .malformed("the form can't be read")),
        ([], "grant_type=client_credentials&client_id=%zz&client_secret=c", .malformed("the form can't be read")),
        (
            [basic("a:b")], "grant_type=client_credentials&client_secret=b",
            .malformed("the client authenticates in two ways")
        ),
        (
            [basic("a:b")], "grant_type=client_credentials&client_id=c",
            .malformed("the client authenticates in two ways")
        ),
        ([basic("a:b"), basic("a:b")], "grant_type=client_credentials", .malformed("two Authorization headers")),
    ]

    @Test("what RFC 6749 does not allow is refused with its reason", arguments: faults)
    func refused(_ authorization: [String], _ body: String, _ fault: ClientCredentialsRequest.Fault) {
        #expect(throws: fault) { try ClientCredentialsRequest(authorization: authorization, body: body) }
    }

    @Test(
        "an Authorization header that is no Basic is refused",
        arguments: ["Bearer x", "Basic", "Basic !", "Basic YQ=="])
    func noBasic(_ header: String) {
        #expect(
            throws: ClientCredentialsRequest.Fault.malformed(
                "the Authorization header is not Basic with a client and its secret")
        ) {
            try ClientCredentialsRequest(authorization: [header], body: "grant_type=client_credentials")
        }
    }
}
