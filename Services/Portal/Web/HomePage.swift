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
        /// In words: agrees, or what is wrong.
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
    let summary: PageText
    let isAllGood: Bool
    let rows: [Row]

    init(naming: PortalNaming, formToken: String, name: String, facts: [Fact], standings: [KeyStanding]) {
        portal = naming.portal
        environment = naming.environment
        self.formToken = PageText(formToken)
        self.name = PageText(name)
        self.facts = facts
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
        <section class="card">
        <div class="split">
        <h1>Hello, {{{name}}}</h1>
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
        <section class="card" aria-labelledby="keys">
        <h2 id="keys">How the services' keys stand</h2>
        <p class="{{#isAllGood}}good{{/isAllGood}}{{^isAllGood}}bad{{/isAllGood}}">{{{summary}}}</p>
        <div class="scroll" role="region" aria-labelledby="keys" tabindex="0">
        <table>
        <thead><tr>
        <th scope="col">Service</th><th scope="col">Environment</th><th scope="col">Source</th>
        <th scope="col">Keys</th><th scope="col">Agreement</th>
        </tr></thead>
        <tbody>
        {{#rows}}<tr>
        <th scope="row">{{{service}}}<span class="quiet">{{{url}}}</span></th>
        <td>{{{environment}}}</td>
        <td>{{{source}}}</td>
        <td>{{#keys}}<span class="key"><code>{{{kid}}}</code> {{{state}}}</span> {{/keys}}</td>
        <td class="{{#isGood}}good{{/isGood}}{{^isGood}}bad{{/isGood}}">{{{verdict}}}
        {{#command}}<span class="next">Next: <code>{{{command}}}</code></span>{{/command}}</td>
        </tr>
        {{/rows}}
        </tbody>
        </table>
        </div>
        </section>
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
        verdict = PageText(standing.verdict)
        command = PageText(standing.command)
    }
}
