package import HTTPKit
import Synchronization

/// How many streams this replica holds open, and how many of them for one caller: a stream costs a connection and two
/// tasks for as long as its token lives, and nobody may take all of them.
package final class StreamPlaces: Sendable {
    private struct State {
        var open = 0
        var ofCallers: [String: Int] = [:]
    }

    private let maximum: Int
    private let maximumPerCaller: Int
    private let state = Mutex(State())

    package init(maximum: Int, maximumPerCaller: Int) {
        self.maximum = maximum
        self.maximumPerCaller = maximumPerCaller
    }

    package var open: Int { state.withLock { $0.open } }

    /// - Parameter caller: issuer and subject.
    package func take(for caller: String) throws(Refusal) -> StreamPlace {
        let refusal: Refusal? = state.withLock { state in
            if state.open >= maximum {
                return Refusal(
                    .unavailable, "This server has as many streams open as it may. Try again.",
                    cause: "\(maximum) streams are open", retryAfter: 5)
            }
            if state.ofCallers[caller, default: 0] >= maximumPerCaller {
                return Refusal(
                    .rateLimited, "You have \(maximumPerCaller) streams open here. End one first.", retryAfter: 5)
            }
            state.open += 1
            state.ofCallers[caller, default: 0] += 1
            return nil
        }
        if let refusal { throw refusal }
        return StreamPlace(places: self, caller: caller)
    }

    fileprivate func giveBack(_ caller: String) {
        state.withLock { state in
            state.open -= 1
            state.ofCallers[caller, default: 1] -= 1
            if state.ofCallers[caller] == 0 { state.ofCallers[caller] = nil }
        }
    }
}

/// A place that is taken until nobody holds this: also where a response is dropped before its body was ever begun.
package final class StreamPlace: Sendable {
    private let places: StreamPlaces
    private let caller: String

    fileprivate init(places: StreamPlaces, caller: String) {
        self.places = places
        self.caller = caller
    }

    deinit { places.giveBack(caller) }
}
