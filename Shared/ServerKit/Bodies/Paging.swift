package import HTTPKit
package import Hummingbird

/// `?page=1&perPage=100` (at most 500), else `invalid_input`.
package struct Paging: Sendable, Equatable {
    package static let maximumPerPage = 500
    /// Far beyond any list, and far from overflowing `offset`.
    private static let maximumPage = 1_000_000

    /// From 1.
    package var page: Int
    package var perPage: Int
    /// Elements before the page's first.
    package var offset: Int { (page - 1) * perPage }

    /// - Parameter parameters: of the request's query; those of other names are not looked at.
    package init(parameters: [(name: String, value: String)]) throws(Refusal) {
        page = try Self.number("page", in: parameters, default: 1, maximum: Self.maximumPage)
        perPage = try Self.number("perPage", in: parameters, default: 100, maximum: Self.maximumPerPage)
    }

    package init(request: Request) throws(Refusal) {
        try self.init(
            parameters: request.uri.queryParameters.map { (name: String($0.key), value: String($0.value)) })
    }

    private static func number(
        _ name: String, in parameters: [(name: String, value: String)], default value: Int, maximum: Int
    ) throws(Refusal) -> Int {
        guard let text = parameters.first(where: { $0.name == name })?.value else { return value }
        guard text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let number = Int(text), (1...maximum).contains(number)
        else {
            let problem = "is not a whole number from 1 to \(maximum)"
            throw Refusal(.invalidInput, "The parameter \(name) \(problem).", fields: [name: problem])
        }
        return number
    }
}
