/// `/assets/portal.css`. Colours meet WCAG 2.2 AA (4.5 : 1) in both schemes; what a colour says, a word says too.
enum Stylesheet {
    static let css = [colours, page, parts, keys, narrow].joined(separator: "\n")

    private static let colours = """
        :root {
          color-scheme: light dark;
          --ground: #f4f5f7; --card: #ffffff; --ink: #1b1f24; --quiet: #57606a; --line: #d0d7de;
          --accent: #0b5cad; --on-accent: #ffffff;
          --good: #116329; --good-ground: #e6f6ea; --bad: #a40e26; --bad-ground: #fff0ee;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --ground: #0d1117; --card: #161b22; --ink: #e6edf3; --quiet: #9da7b3; --line: #3d444d;
            --accent: #79c0ff; --on-accent: #0d1117;
            --good: #56d364; --good-ground: #12261a; --bad: #ff938a; --bad-ground: #2d1416;
          }
        }
        """

    private static let page = """
        * { box-sizing: border-box; }
        body {
          margin: 0; background: var(--ground); color: var(--ink);
          font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
        }
        .skip { position: absolute; left: -100rem; }
        .skip:focus { left: 1rem; top: 1rem; background: var(--card); padding: .5rem 1rem; z-index: 1; }
        .top { background: var(--card); border-bottom: 1px solid var(--line); padding: .75rem 1.5rem; }
        .top, .split {
          display: flex; justify-content: space-between; align-items: center; gap: .5rem 1rem; flex-wrap: wrap;
        }
        .top p { margin: 0; }
        .brand { display: flex; align-items: center; gap: .5rem; font-weight: 700; letter-spacing: .02em; }
        .brand::before {
          content: ""; width: 1.5rem; height: 1.5rem; background: url(/assets/lockstep.svg) center / contain no-repeat;
        }
        main { max-width: 72rem; margin: 0 auto; padding: 1.5rem; }
        main:focus { outline: none; }
        h1 { font-size: 1.5rem; line-height: 1.25; margin: 0; overflow-wrap: anywhere; }
        h2 { font-size: 1.125rem; margin: 0 0 .75rem; }
        a { color: var(--accent); }
        code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .9em; }
        :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
        """

    private static let parts = """
        .card {
          background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: 1.5rem;
          margin: 0 0 1.5rem;
        }
        .narrow { max-width: 26rem; margin: 3rem auto; }
        .quiet { color: var(--quiet); font-size: .875rem; }
        .narrow h1 + .quiet { margin: .25rem 0 0; }
        label { display: block; font-weight: 600; margin: 1rem 0 .25rem; }
        input[type=email], input[type=password] {
          width: 100%; padding: .6rem .75rem; font: inherit; color: inherit; background: var(--ground);
          border: 1px solid var(--quiet); border-radius: .375rem;
        }
        input[aria-invalid] { border-color: var(--bad); }
        button {
          padding: .6rem 1.25rem; font: inherit; font-weight: 600; cursor: pointer;
          color: var(--on-accent); background: var(--accent); border: 1px solid var(--accent); border-radius: .375rem;
        }
        button:hover { text-decoration: underline; }
        button.wide { width: 100%; margin-top: 1.5rem; }
        button.plain { color: var(--accent); background: transparent; padding: .4rem 1rem; }
        .problem, .finding div {
          color: var(--bad); background: var(--bad-ground); border-left: 4px solid var(--bad); padding: .5rem .75rem;
        }
        .problem { margin: 1rem 0 0; }
        .facts {
          display: grid; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); gap: 1rem; margin: 1.25rem 0 0;
        }
        dt { color: var(--quiet); font-size: .875rem; }
        dd { margin: 0; overflow-wrap: anywhere; }
        """

    private static let keys = """
        .environment, .key, .badge {
          display: inline-block; border: 1px solid var(--line); border-radius: 1rem; padding: 0 .6rem;
          font-size: .875rem;
        }
        .key { margin: 0 .25rem .25rem 0; }
        .key code { white-space: nowrap; }
        .badge { font-weight: 600; white-space: nowrap; border-color: currentColor; }
        .good { color: var(--good); }
        .bad { color: var(--bad); }
        .badge.good { background: var(--good-ground); }
        .badge.bad { background: var(--bad-ground); }
        .badge::before { margin-right: .35rem; }
        .badge.good::before { content: "\u{2713}" / ""; }
        .badge.bad::before { content: "!" / ""; font-weight: 800; }
        .summary { font-weight: 600; margin: 0 0 1rem; }
        table { border-collapse: collapse; width: 100%; }
        th, td { text-align: left; vertical-align: top; padding: .75rem; overflow-wrap: anywhere; }
        th:first-child, td:first-child { padding-left: 0; }
        th:last-child, td:last-child { padding-right: 0; }
        thead th { padding-top: 0; color: var(--quiet); font-size: .875rem; overflow-wrap: normal; }
        .service > * { border-top: 1px solid var(--line); }
        th .quiet { display: block; font-weight: 400; }
        .finding td { padding: 0 0 .75rem; }
        .finding p { margin: 0; }
        .finding p + p { margin-top: .5rem; color: var(--ink); }
        """

    /// A phone: each service a block of its own, each value behind its column's name.
    private static let narrow = """
        @media (max-width: 44rem) {
          main { padding: 1rem; }
          .top { padding: .75rem 1rem; }
          .card { padding: 1rem; margin-bottom: 1rem; }
          .narrow { margin: 1rem auto; }
          .facts { grid-template-columns: 1fr; gap: .5rem; }
          table, thead, tbody, tr, th, td { display: block; }
          thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
          .service { border-top: 1px solid var(--line); padding: .75rem 0; }
          .service > * { border: 0; padding: .15rem 0; }
          .service td { display: grid; grid-template-columns: 7rem 1fr; align-items: baseline; justify-items: start; }
          .service td::before { content: attr(data-label); color: var(--quiet); font-size: .875rem; }
        }
        """
}
