import Testing

@Suite("HTTP/1.1 as SwiftNIO's decoder reads it")
struct DifferentialTests {
    @Test(
        "whatever is accepted, the peer accepts and reads as the same method, target, fields and body",
        arguments: [1, 2])
    func agrees(seed: UInt64) {
        let run = DifferentialRun(requests: 10_000, seed: seed)
        #expect(run.differences.isEmpty, "\(run.differences.joined(separator: "\n"))")
        #expect(run.requests == 10_000)
        #expect(run.accepted > 2_000, "the generator makes too little that is accepted: \(run.accepted)")
    }

    @Test(
        "whatever response of an upstream is accepted, the peer accepts and reads with the same status, fields and body"
    )
    func agreesOnResponses() {
        let run = ResponseDifferential(responses: 5_000, seed: 3)
        #expect(run.differences.isEmpty, "\(run.differences.joined(separator: "\n"))")
        #expect(run.accepted > 500, "the generator makes too little that is accepted: \(run.accepted)")
    }
}
