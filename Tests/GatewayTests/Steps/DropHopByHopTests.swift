import Gateway
import NIOHTTP1
import Testing

@Suite("Step 2: what ends at this hop")
struct DropHopByHopTests {
    @Test(
        "hop-by-hop fields are dropped in any case",
        arguments: [
            "Connection", "KEEP-ALIVE", "Proxy-Connection", "te", "Trailer", "Transfer-Encoding", "Upgrade", "Expect",
            "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Authentication-Info", "HTTP2-Settings",
        ])
    func dropped(_ name: String) {
        let left = DropHopByHop.apply([name: "x", "Accept": "y"])
        #expect(left.map(\.name) == ["Accept"])
    }

    @Test("what Connection names goes too, whatever spaces and cases")
    func named() {
        let left = DropHopByHop.apply([
            "Connection": "close, X-Private ,\tx-other", "connection": "X-Third", "X-Private": "1", "x-OTHER": "2",
            "X-THIRD": "3", "X-Fourth": "4",
        ])
        #expect(left.map(\.name) == ["X-Fourth"])
    }

    @Test("order and repetition of the others stay")
    func order() {
        let left = DropHopByHop.apply(["B": "1", "A": "2", "B": "3"])
        #expect(left.map { "\($0.name)=\($0.value)" } == ["B=1", "A=2", "B=3"])
    }
}
