/// To the pages before and after this one of a long list.
struct PageLinks: Sendable {
    let earlier: PageText
    let later: PageText
    /// `Page 2 of 7`
    let position: PageText

    /// One or none: a list of one page needs no links.
    static func make(_ page: Int, of total: Int, _ texts: Texts, address: (Int) -> String) -> [PageLinks] {
        guard total > 1 else { return [] }
        return [
            PageLinks(
                earlier: PageText(page > 1 ? address(page - 1) : ""),
                later: PageText(page < total ? address(page + 1) : ""),
                position: PageText(texts("farms.page", ["page": String(page), "total": String(total)])))
        ]
    }
}
