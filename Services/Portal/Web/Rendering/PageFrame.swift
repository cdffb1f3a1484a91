/// What surrounds the content of every page. Optional parts are lists of one or none: a template shows a list's section
/// once for each.
struct PageFrame: Sendable {
    struct MenuItem: Sendable {
        let label: PageText
        let address: PageText
        let isCurrent: Bool
    }

    /// Who is signed in.
    struct Person: Sendable {
        let name: PageText
        let email: PageText
    }

    /// Something that nobody should miss, whatever page they are on.
    struct Alarm: Sendable {
        let text: PageText
        let address: PageText
    }

    /// What the browser's tab and a screen reader say first.
    let title: PageText
    let portal: PageText
    let environment: PageText
    let stylesheet: PageText
    let script: PageText
    let icon: PageText
    let menu: [MenuItem]
    let person: [Person]
    /// Proves that a form came from this portal's page (`FormGuard`).
    let formToken: PageText
    var alarm: [Alarm] = []
    /// What has just been done; empty: nothing.
    var notice: PageText = ""
    /// Where news of this page come from (`text/event-stream`); empty: it stands still.
    var live: PageText = ""
}
