import Crypto
import Foundation
import HTTPTypes
import HummingbirdTesting
import Testing

@testable import Portal

@Suite("Breached passwords") struct BreachedPasswordsTests {
    private static func hash(_ text: String) -> String {
        Insecure.SHA1.hash(data: Array(text.utf8)).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }

    private func with(_ content: String, _ body: (String) throws -> Void) throws {
        let path = NSTemporaryDirectory() + "lockstep-breached-\(UUID().uuidString)"
        try Data(content.utf8).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    @Test(
        "each password of a list is found, and none beside, whatever the list's lines look like",
        arguments: ["\n", "\r\n"], [true, false])
    func finds(lineBreak: String, hasCounts: Bool) throws {
        for count in [1, 2, 3, 10, 257] {
            let listed = (0..<count).map { "breached password \($0)" }
            let lines = listed.map(Self.hash).sorted().enumerated().map { hasCounts ? "\($1):\($0 + 1)" : $1 }
            for ending in ["", lineBreak] {
                try with(lines.joined(separator: lineBreak) + ending) { (path: String) throws -> Void in
                    let list = try BreachedPasswords(path: path)
                    for text in listed { #expect(try list.contains(Password(text))) }
                    for number in 0..<50 { #expect(try !list.contains(Password("another password \(number)"))) }
                }
            }
        }
    }

    @Test("hashes may be in lowercase")
    func lowercase() throws {
        try with(Self.hash("a password of old").lowercased()) { (path: String) throws -> Void in
            #expect(try BreachedPasswords(path: path).contains(Password("a password of old")))
        }
    }

    private static let a = String(repeating: "A", count: 40)
    private static let b = String(repeating: "B", count: 40)

    @Test(
        "what is no such list is refused, with the line",
        arguments: [
            ("", BreachedPasswords.Fault.empty), ("hello", .malformed(line: 1)),
            ("\(a):1\n\(b):x", .malformed(line: 2)), ("\(b)\n\(a)", .malformed(line: 2)),
            ("\(a)\n\(a)", .malformed(line: 2)), ("\(a)\n\n\(b)", .malformed(line: 2)),
            // NTLM's are shorter.
            (String(repeating: "A", count: 32), .malformed(line: 1)),
            (String(repeating: "A", count: 5000), .malformed(line: 1)),
        ])
    func malformed(_ content: String, _ fault: BreachedPasswords.Fault) throws {
        try with(content) { (path: String) throws -> Void in
            #expect(throws: fault) { _ = try BreachedPasswords(path: path) }
        }
    }

    @Test("a list longer than what is read at start is searched, and looked at in places")
    func long() throws {
        // 17 MiB: eight bytes of a counter, and the rest zeros.
        let count = 17 * 1_048_576 / 41
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count * 41)
        for number in 0..<count {
            let digits = Array(String(number * 4096, radix: 16, uppercase: true).utf8)
            bytes += [UInt8](repeating: 0x30, count: 16 - digits.count) + digits
            bytes += [UInt8](repeating: 0x30, count: 24) + [0x0A]
        }
        let needle = "a password of old"
        bytes += Array(Self.hash(needle).utf8)
        let good = String(decoding: bytes, as: UTF8.self)
        try with(good) { (path: String) throws -> Void in
            let list = try BreachedPasswords(path: path)
            #expect(try list.contains(Password(needle)))
            #expect(try !list.contains(Password("another password")))
        }
        // A part of another list in its end.
        let bad = good + "\n" + String(good.prefix(1_048_560))
        try with(bad) { (path: String) throws -> Void in
            #expect {
                _ = try BreachedPasswords(path: path)
            } throws: { error in
                if case .malformedNear = error as? BreachedPasswords.Fault { true } else { false }
            }
        }
    }

    @Test("an operator is told the file and the line, and a portal with such a list takes no password of it")
    func atThePortal() async throws {
        #expect(BreachedPasswords.Fault.malformed(line: 7).told(of: "/x").hasPrefix("/x:7: "))
        let path = NSTemporaryDirectory() + "lockstep-breached-\(UUID().uuidString)"
        try Data(Self.hash(TestPortal.customerPassword).utf8).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let portal = try await TestPortal(.customer, extra: ["PASSWORD_BREACHED_FILE": path])
        try await portal.test { client in
            let answer = try await client.register("ada@example.com")
            #expect(answer.status == .unprocessableContent)
            #expect(answer.text.contains("breach"))
            #expect(try await client.register("ada@example.com", "another fine password").status == .created)
        }
    }
}
