import Testing

@testable import Storage

@Suite("A head of the audit log")
struct AuditHeadTests {
    private static let hash = String(repeating: "0123456789abcdef", count: 4)

    @Test("is read back from its text")
    func roundTrip() {
        let head = AuditHead(logID: "log-A1", position: 42, hash: Self.hash)
        #expect("\(head)" == "log-A1:42:\(Self.hash)")
        #expect(AuditHead("\(head)") == head)
    }

    @Test(
        "has one spelling",
        arguments: [
            "", "a:1", "a:1:\(hash):x", ":1:\(hash)", "a:01:\(hash)", "a:+1:\(hash)", "a:-1:\(hash)", "a::\(hash)",
            "a:1:\(hash.dropLast())", "a:1:\(hash)0", "a:1:\(hash.uppercased())", "a b:1:\(hash)", "ä:1:\(hash)",
            "a:99999999999999999999:\(hash)", "\(String(repeating: "a", count: 65)):1:\(hash)",
        ])
    func refused(_ text: String) {
        #expect(AuditHead(text) == nil)
    }

    @Test(
        "is found in whatever a log writes around it",
        arguments: [
            "2026-11-22T04:00:00Z info plant: Audit log head head=log-a:7:\(hash) table=audit_log",
            #"{"time":"2026-11-22T04:00:00Z","message":"Audit log head","head":"log-a:7:\#(hash)"}"#,
            "log-a:7:\(hash)", "  log-a:7:\(hash)\r\n", "head:log-a:7:\(hash)", "04:00:00 log-a:7:\(hash),",
        ])
    func found(_ line: String) {
        #expect(AuditHead.found(in: line) == [AuditHead(logID: "log-a", position: 7, hash: Self.hash)])
    }

    @Test("several lines, each head once; nothing where none is")
    func several() {
        let lines = "a:1:\(Self.hash)\nnothing here\nb:2:\(Self.hash)\na:1:\(Self.hash)\n"
        #expect(AuditHead.found(in: lines).map(\.logID) == ["a", "b"])
        #expect(AuditHead.found(in: "sha256:\(Self.hash) 12:00:00") == [])
    }
}
