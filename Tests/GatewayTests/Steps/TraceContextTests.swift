import Gateway
import Testing

@Suite("traceparent is continued or started")
struct TraceContextTests {
    private static let valid = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    private static func context(_ parents: [String], _ states: [String] = []) -> TraceContext {
        TraceContext(parents: parents, states: states, random: { 0x1234_5678_9ABC_DEF0 })
    }

    @Test("a valid one keeps trace id, flag and state, with a span of the gateway")
    func continued() {
        let trace = Self.context([Self.valid], ["a=1", "b=2"])
        #expect(trace.header == "00-0af7651916cd43dd8448eb211c80319c-123456789abcdef0-01")
        #expect(trace.state == "a=1,b=2")
        #expect(
            Self.context(["cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00-future"]).header.hasPrefix(
                "00-0af7651916cd43dd8448eb211c80319c-"))
    }

    @Test(
        "anything else starts a new trace and drops the state",
        arguments: [
            [], [valid, valid], [""], ["00"], [valid + "-x"], [valid.uppercased()],
            ["ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"],
            ["00-00000000000000000000000000000000-b7ad6b7169203331-01"],
            ["00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01"],
            ["00-0af7651916cd43dd8448eb211c80319g-b7ad6b7169203331-01"],
            ["cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00x"],
        ])
    func started(_ parents: [String]) {
        let trace = Self.context(parents, ["a=1"])
        #expect(trace.header == "00-123456789abcdef0123456789abcdef0-123456789abcdef0-00")
        #expect(trace.state == nil)
    }

    @Test("an id is never all zero")
    func zero() {
        let trace = TraceContext(parents: [], states: [], random: { 0 })
        #expect(trace.header == "00-00000000000000010000000000000000-0000000000000001-00")
    }
}
