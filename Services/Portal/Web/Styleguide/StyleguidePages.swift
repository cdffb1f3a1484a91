import Hummingbird
import ServerKit

/// `GET /styleguide`: every component once, so that a change of a token is seen on all of them. In development alone.
struct StyleguidePages: AreaPages {
    let parts: WebParts

    func add(to visitors: VisitorRoutes) {
        visitors.get("styleguide", .overview) { _, visitor in
            try parts.pages.response(StyleguidePage(parts: parts, visitor: visitor))
        }
    }
}

struct StyleguidePage: WebPage {
    let templateName = "styleguide"
    let frame: PageFrame
    let colours: [PageText]
    let sizes: [PageText]

    init(parts: WebParts, visitor: Visitor) {
        frame = parts.frame(parts.texts["styleguide.title"], for: visitor)
        colours = ["ground", "card", "sunk", "accent", "good", "warn", "bad"].map(PageText.init)
        sizes = ["small", "text", "large", "title"].map(PageText.init)
    }
}
