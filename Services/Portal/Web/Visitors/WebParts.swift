import HTTPTypes
import Hummingbird

/// What all pages are made with.
struct WebParts: Sendable {
    let kind: PortalKind
    let environment: String
    let pages: Pages
    let texts: Texts
    let assets: Assets
    let cookies: WebCookies
    /// `PLANT_GATEWAY_URL` is set.
    var hasGateway = false
    /// They are on here (docs/decisions/0005).
    var hasDBUpdates = false

    /// What this portal has, and is open to the visitor: the menu.
    func areas(of visitor: Visitor) -> [Area] { Area.allCases.filter { isOpen($0, to: visitor) } }

    func isOpen(_ area: Area, to visitor: Visitor) -> Bool {
        visitor.mayOpen(area) && (hasGateway || !area.needsGateway)
            && (hasDBUpdates || area != .dbUpdates)
    }

    /// Around a page of somebody who is signed in.
    /// - Parameters:
    ///   - title: a text of the catalogue, already looked up.
    ///   - notice: names the text that tells what has just been done (`?notice=`); an unknown one tells nothing.
    func frame(_ title: String, for visitor: Visitor, notice: String? = nil, live: String = "") -> PageFrame {
        let menu = areas(of: visitor).map { area in
            PageFrame.MenuItem(
                label: PageText(texts["menu.\(area.rawValue)"]), address: PageText(area.address),
                isCurrent: area == visitor.area)
        }
        var frame = frame(
            title, menu: menu,
            person: [.init(name: PageText(visitor.user.name), email: PageText(visitor.user.email))],
            formToken: visitor.formToken, notice: notice.flatMap { texts.known("notice.\($0)") } ?? "", live: live)
        // The keys page says it itself, at greater length.
        if !visitor.alarm.isEmpty, visitor.area != .keys {
            frame.alarm = [.init(text: PageText(visitor.alarm), address: PageText(Area.keys.address))]
        }
        return frame
    }

    /// Around a page for everybody.
    func frame(_ title: String, formToken: String = "", notice: String? = nil) -> PageFrame {
        frame(
            title, menu: [], person: [], formToken: formToken,
            notice: notice.flatMap { texts.known("notice.\($0)") } ?? "", live: "")
    }

    private func frame(
        _ title: String, menu: [PageFrame.MenuItem], person: [PageFrame.Person], formToken: String, notice: String,
        live: String
    ) -> PageFrame {
        PageFrame(
            title: PageText(title), portal: PageText(texts["site.\(kind.rawValue)"]),
            environment: PageText(environment), stylesheet: PageText(assets.address("portal.css")),
            script: PageText(assets.address("portal.js")), icon: PageText(assets.address("lockstep.svg")), menu: menu,
            person: person, formToken: PageText(formToken), notice: PageText(notice), live: PageText(live))
    }
}
