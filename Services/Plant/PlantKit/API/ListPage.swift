import Contracts
import HTTPKit
import ServerKit

/// Which page of a list is asked for, where the list is no resource's: read of what `APIParameter.paging` declares.
package struct ListPage: Sendable, Equatable {
    /// From 1.
    package let page: Int
    package let perPage: Int

    package var limit: Int { perPage }
    /// Elements before the page's first.
    package var offset: Int { (page - 1) * perPage }
}

extension APIRequest {
    /// Throws `invalid_input` for what is no page.
    package func listPage() throws(Refusal) -> ListPage {
        let paging = try Paging(parameters: parameters)
        return ListPage(page: paging.page, perPage: paging.perPage)
    }
}

extension APIAnswer {
    /// What every list answers: `Contracts.Page`.
    package static func page(
        _ items: [some Codable & Sendable], total: Int, of page: ListPage
    ) throws -> APIAnswer {
        try .json(Page(data: items, total: total, page: page.page, perPage: page.perPage))
    }
}
