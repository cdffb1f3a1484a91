/// What all pages share. `{{{…}}}` takes `PageText`, which is escaped.
enum Layout {
    static let template = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{{{title}}} · {{{portal}}}</title>
        <link rel="icon" href="/assets/lockstep.svg" type="image/svg+xml">
        <link rel="stylesheet" href="/assets/portal.css">
        </head>
        <body>
        <a class="skip" href="#main">Skip to content</a>
        <header class="top">
        <p class="brand">Lockstep</p>
        <p class="where">{{{portal}}} <span class="environment">{{{environment}}}</span></p>
        </header>
        <main id="main" tabindex="-1">
        {{$content}}{{/content}}
        </main>
        </body>
        </html>
        """
}

/// Which portal a page belongs to.
struct PortalNaming: Sendable {
    let portal: PageText
    let environment: PageText

    init(kind: PortalKind, environment: String) {
        portal = PageText(kind.title)
        self.environment = PageText(environment)
    }
}
