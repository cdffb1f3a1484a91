/// `GET /`: who you are, and how each service's keys stand.
struct HomePage: WebPage {
    struct Fact: Sendable {
        let label: PageText
        let value: PageText

        init(_ label: String, _ value: String) {
            self.label = PageText(label)
            self.value = PageText(value)
        }
    }

    struct Key: Sendable {
        let kid: PageText
        let state: PageText
    }

    struct Row: Sendable {
        let service: PageText
        let url: PageText
        let environment: PageText
        let source: PageText
        let keys: [Key]
        let isGood: Bool
        let badge: PageText
        /// What is wrong, behind the service's name.
        let verdict: PageText
        /// The next command; empty where all is well.
        let command: PageText
    }

    let templateName = "home"
    let title: PageText = "Overview"
    let portal: PageText
    let environment: PageText
    let formToken: PageText
    let name: PageText
    let facts: [Fact]
    let showsKeys: Bool
    let summary: PageText
    let isAllGood: Bool
    let rows: [Row]

    /// - Parameter standings: nil for people whose business keys are not.
    init(naming: PortalNaming, formToken: String, name: String, facts: [Fact], standings: [KeyStanding]?) {
        portal = naming.portal
        environment = naming.environment
        self.formToken = PageText(formToken)
        self.name = PageText(name)
        self.facts = facts
        let standings = standings ?? []
        showsKeys = !standings.isEmpty
        let bad = standings.count { !$0.isGood }
        isAllGood = bad == 0
        summary =
            bad == 0
            ? "Every service holds the key that this portal signs with."
            : PageText("\(bad) of \(standings.count) services \(bad == 1 ? "needs" : "need") attention.")
        rows = standings.map(Row.init)
    }

    static let template = """
        {{<layout}}{{$content}}
        <section class="card" aria-labelledby="who">
        <div class="split">
        <h1 id="who">Hello, {{{name}}}</h1>
        <form method="post" action="/logout">
        <input type="hidden" name="form_token" value="{{{formToken}}}">
        <button type="submit" class="plain">Sign out</button>
        </form>
        </div>
        <dl class="facts">
        {{#facts}}<div><dt>{{{label}}}</dt><dd>{{{value}}}</dd></div>
        {{/facts}}
        </dl>
        </section>
        {{#showsKeys}}<section class="card" aria-labelledby="keys">
        <h2 id="keys">How the services’ keys stand</h2>
        <p class="summary {{#isAllGood}}good{{/isAllGood}}{{^isAllGood}}bad{{/isAllGood}}">{{{summary}}}</p>
        <table role="table" aria-labelledby="keys">
        <thead role="rowgroup"><tr role="row">
        <th role="columnheader" scope="col">Service</th><th role="columnheader" scope="col">Agreement</th>
        <th role="columnheader" scope="col">Keys</th><th role="columnheader" scope="col">Source</th>
        <th role="columnheader" scope="col">Environment</th>
        </tr></thead>
        <tbody role="rowgroup">
        {{#rows}}<tr role="row" class="service">
        <th role="rowheader" scope="row">{{{service}}}{{#url}}<span class="quiet">{{{url}}}</span>{{/url}}</th>
        <td role="cell" data-label="Agreement"><span class="badge {{#isGood}}good{{/isGood}}{{^isGood}}bad{{/isGood}}">\
        {{{badge}}}</span></td>
        <td role="cell" data-label="Keys">{{#keys}}<span class="key"><code>{{{kid}}}</code> {{{state}}}</span> {{/keys}}\
        {{^keys}}<span class="quiet">not known</span>{{/keys}}</td>
        <td role="cell" data-label="Source">{{{source}}}</td>
        <td role="cell" data-label="Environment">{{{environment}}}</td>
        </tr>
        {{^isGood}}<tr role="row" class="finding"><td role="cell" colspan="5"><div>
        <p><strong>{{{service}}}</strong> {{{verdict}}}</p>
        {{#command}}<p>Next: <code>{{{command}}}</code></p>{{/command}}
        </div></td></tr>
        {{/isGood}}{{/rows}}
        </tbody>
        </table>
        </section>{{/showsKeys}}
        {{/content}}{{/layout}}
        """
}

extension HomePage.Row {
    init(_ standing: KeyStanding) {
        service = PageText(standing.service)
        url = PageText(standing.url)
        environment = PageText(standing.environment)
        source = PageText(standing.source)
        keys = standing.keys.map { HomePage.Key(kid: PageText($0.kid), state: PageText($0.state)) }
        isGood = standing.isGood
        badge = PageText(standing.badge)
        verdict = PageText(standing.verdict)
        command = PageText(standing.command)
    }
}
