import HTTPKit
import Hummingbird

extension Request {
    /// The fields of a form that was sent in the address, as filters and searches are. Browsers write a space as `+` there
    /// (WHATWG URL §5.2), which `URI.queryParameters` leaves as it is. What can't be read is no filter.
    var sentQuery: FieldSet {
        let parameters = (try? QueryText.parameters(of: self)) ?? []
        return FieldSet(Dictionary(parameters.map { ($0.name, $0.value) }) { first, _ in first })
    }
}
