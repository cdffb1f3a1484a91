import HTTPKit
import Testing

@testable import ServerKit

@Suite("Places for streams")
struct StreamPlacesTests {
    @Test("nobody takes more than a caller may, and all together no more than there are")
    func bounds() throws {
        let places = StreamPlaces(maximum: 3, maximumPerCaller: 2)
        let first = [try places.take(for: "i ana"), try places.take(for: "i ana")]
        let own = #expect(throws: Refusal.self) { try places.take(for: "i ana") }
        #expect(own?.code == .rateLimited)
        let other = try places.take(for: "i ben")
        let all = #expect(throws: Refusal.self) { try places.take(for: "i cem") }
        #expect(all?.code == .unavailable)
        #expect(all?.retryAfter == 5)
        withExtendedLifetime((first, other)) {}
    }

    @Test("a place is free again when nobody holds it any more")
    func freed() throws {
        let places = StreamPlaces(maximum: 1, maximumPerCaller: 1)
        for _ in 0..<3 {
            let place = try places.take(for: "i ana")
            #expect(places.open == 1)
            withExtendedLifetime(place) {}
        }
        #expect(places.open == 0)
    }
}
