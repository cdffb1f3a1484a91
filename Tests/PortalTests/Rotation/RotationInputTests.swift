import Contracts
import Foundation
import HTTPTypes
import HummingbirdTesting
import Testing

@testable import Portal

@Suite("The keeper of rotations: what it is sent")
struct RotationInputTests {
    private static func use(
        _ body: @Sendable (KeeperClient, _ lease: String) async throws -> Void
    ) async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let keeper = KeeperClient(client: client)
            try await body(keeper, try await keeper.ask("ada").json(RotationLease.self).token)
        }
    }

    private static func fields(_ answer: TestResponse) -> Set<String> {
        let object = try? JSONSerialization.jsonObject(with: Data(answer.text.utf8)) as? [String: Any]
        return Set((object?["fields"] as? [String: Any] ?? [:]).keys)
    }

    @Test(
        "what is no JSON is refused as such",
        arguments: ["", "{", "nonsense", "[]", #""text""#, #"{"id":"a","id":"b"}"#, #"{"holder":"\uD800"}"#])
    func malformed(_ body: String) async throws {
        try await Self.use { keeper, lease in
            for (method, path) in [(HTTPRequest.Method.put, KeeperClient.record), (.post, KeeperClient.lease)] {
                let answer = try await keeper.send(method, path, lease: lease, body: body)
                #expect(answer.status == .badRequest, "\(answer.text)")
                #expect(answer.code == "malformed_request")
            }
            #expect(try await keeper.record() == nil)
        }
    }

    @Test("another media type is refused")
    func mediaType() async throws {
        try await Self.use { keeper, _ in
            let answer = try await keeper.client.send(
                .post, KeeperClient.lease,
                headers: [.authorization: "Bearer " + KeeperClient.internalToken, .contentType: "text/plain"],
                body: #"{"holder":"bob","seconds":20}"#)
            #expect(answer.code == "unsupported_media_type")
        }
    }

    @Test("a body that is too large is refused, announced or not", arguments: [nil, "2000000"])
    func large(_ announced: String?) async throws {
        try await Self.use { keeper, lease in
            for (method, path) in [(HTTPRequest.Method.put, KeeperClient.record), (.post, KeeperClient.lease)] {
                var headers: HTTPFields = [
                    .authorization: "Bearer " + KeeperClient.internalToken, .contentType: "application/json",
                ]
                headers[.contentLength] = announced
                headers[try #require(HTTPField.Name("Lockstep-Lease"))] = lease
                let answer = try await keeper.client.send(
                    method, path, headers: headers, body: #"{"by":"\#(String(repeating: "x", count: 70_000))"}"#)
                #expect(answer.code == "payload_too_large", "\(answer.text)")
            }
            #expect(try await keeper.record() == nil)
        }
    }

    static let leases: [(json: String, field: String)] = [
        (#"{"seconds":20}"#, "holder"), (#"{"holder":"bob"}"#, "seconds"), (#"{"holder":1,"seconds":20}"#, "holder"),
        (#"{"holder":null,"seconds":20}"#, "holder"), (#"{"holder":"bob","seconds":"20"}"#, "seconds"),
        (#"{"holder":"bob","seconds":4}"#, "seconds"), (#"{"holder":"bob","seconds":301}"#, "seconds"),
        (#"{"holder":"bob","seconds":-1}"#, "seconds"), (#"{"holder":"bob","seconds":9223372036854775807}"#, "seconds"),
        (#"{"holder":"","seconds":20}"#, "holder"), (#"{"holder":"b\nob","seconds":20}"#, "holder"),
        (#"{"holder":"\u001b[2J","seconds":20}"#, "holder"), (#"{"holder":"b\u202eob","seconds":20}"#, "holder"),
        (#"{"holder":"bob","seconds":20,"token":""}"#, "token"), (#"{"holder":"bob","seconds":20,"token":1}"#, "token"),
        (#"{"holder":"\#(String(repeating: "b", count: 201))","seconds":20}"#, "holder"),
        (#"{"holder":"bob","seconds":20,"token":"\#(String(repeating: "t", count: 101))"}"#, "token"),
    ]

    @Test("a lease that can't be given is refused with the field's name, and is not given", arguments: leases)
    func lease(_ json: String, _ field: String) async throws {
        try await TestPortal().test { client in
            let keeper = KeeperClient(client: client)
            let answer = try await keeper.send(.post, KeeperClient.lease, body: json)
            #expect(answer.status == .unprocessableContent, "\(answer.text)")
            #expect(Self.fields(answer) == [field])
            #expect(try await keeper.ask("ada").status == .ok)
        }
    }

    static let records: [(field: String, json: String)] = [
        ("id", "1"), ("id", "null"), ("id", #""""#), ("id", #""r\u0000""#), ("store", #""a\nb""#), ("store", "[]"),
        ("phase", #""paused""#), ("phase", #""""#), ("from_kid", #""""#), ("from_kid", #""\u001b[2J""#),
        ("to_kid", #""k\u001b[31m""#), ("to_kid", #""k\u202e""#), ("by", #""\u0007""#), ("by", "7"),
        ("by", #""\#(String(repeating: "x", count: 1025))""#),
        ("to_kid", #""\#(String(repeating: "x", count: 1025))""#),
        ("began_at", #""today""#), ("began_at", "-1"), ("promoted_at", "9223372036854775807"),
        ("confirmed_at", "-9223372036854775808"), ("ended_at", "9223372036854775807"),
        ("last_signed_at", "9223372036854775807"), ("longest_token", "9223372036854775807"), ("longest_token", "-1"),
        ("leeway", "9223372036854775807"), ("leeway", "-60"), ("compromised", "0"), ("rollback", #""no""#),
    ]

    @Test(
        "a record with text for no terminal, or numbers that nobody could add, is refused by its field's name",
        arguments: records)
    func record(_ field: String, _ json: String) async throws {
        try await Self.use { keeper, lease in
            var members = try #require(
                try JSONSerialization.jsonObject(with: JSONEncoder().encode(KeeperClient.sample())) as? [String: Any])
            members[field] = try JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed)
            let body = String(decoding: try JSONSerialization.data(withJSONObject: members), as: UTF8.self)
            let answer = try await keeper.send(.put, KeeperClient.record, lease: lease, body: body)
            #expect(answer.status == .unprocessableContent, "\(answer.text)")
            #expect(Self.fields(answer) == [field])
            #expect(try await keeper.record() == nil)
        }
    }

    @Test("a replacement's record names no new key yet")
    func noNewKey() async throws {
        try await Self.use { keeper, lease in
            var record = KeeperClient.sample()
            record.toKid = ""
            record.isCompromised = true
            let answer = try await keeper.put(record, lease: lease)
            #expect(answer.status == .noContent)
            let kept = try await keeper.record()
            #expect(kept == record)
        }
    }
}
