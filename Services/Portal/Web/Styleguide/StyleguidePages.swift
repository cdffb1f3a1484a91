import Hummingbird
import ServerKit

/// `GET /styleguide`: every component, so that a change of a token is seen on all of them. In development alone.
struct StyleguidePages: AreaPages {
    let parts: WebParts

    func add(to visitors: VisitorRoutes) {
        visitors.get("styleguide", .overview) { _, visitor in
            try parts.pages.response(StyleguidePage(parts: parts, visitor: visitor))
        }
        // Its forms are there to be looked at.
        visitors.post("styleguide", .overview, FieldSet.self) { _, _, _ in WebAnswers.redirect(to: "/styleguide") }
    }
}
