/// `/assets/portal.css`. Colours meet WCAG 2.2 AA (4.5 : 1) in both schemes.
enum Stylesheet {
    static let css = """
        :root {
          color-scheme: light dark;
          --ground: #f4f5f7; --card: #ffffff; --ink: #1b1f24; --quiet: #57606a; --line: #d0d7de;
          --accent: #0b5cad; --on-accent: #ffffff; --good: #116329; --bad: #a40e26; --bad-ground: #fff0ee;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --ground: #0d1117; --card: #161b22; --ink: #e6edf3; --quiet: #9da7b3; --line: #30363d;
            --accent: #79c0ff; --on-accent: #0d1117; --good: #56d364; --bad: #ff938a; --bad-ground: #2d1416;
          }
        }
        * { box-sizing: border-box; }
        body {
          margin: 0; background: var(--ground); color: var(--ink);
          font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
        }
        .skip { position: absolute; left: -100rem; }
        .skip:focus { left: 1rem; top: 1rem; background: var(--card); padding: .5rem 1rem; z-index: 1; }
        .top {
          display: flex; justify-content: space-between; align-items: baseline; gap: 1rem; flex-wrap: wrap;
          padding: .75rem 1.5rem; background: var(--card); border-bottom: 1px solid var(--line);
        }
        .top p { margin: 0; }
        .brand { font-weight: 700; letter-spacing: .02em; }
        .environment, .key {
          display: inline-block; border: 1px solid var(--line); border-radius: 1rem; padding: 0 .6rem;
          font-size: .875rem;
        }
        .key { margin: 0 .25rem .25rem 0; white-space: nowrap; }
        main { max-width: 72rem; margin: 0 auto; padding: 1.5rem; }
        main:focus { outline: none; }
        .card {
          background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: 1.5rem;
          margin: 0 0 1.5rem;
        }
        .narrow { max-width: 26rem; margin: 3rem auto; }
        h1 { font-size: 1.5rem; margin: 0 0 .5rem; overflow-wrap: anywhere; }
        h2 { font-size: 1.125rem; margin: 0 0 .5rem; }
        .quiet { color: var(--quiet); font-size: .875rem; }
        th .quiet { display: block; font-weight: 400; overflow-wrap: anywhere; }
        label { display: block; font-weight: 600; margin: 1rem 0 .25rem; }
        input[type=email], input[type=password] {
          width: 100%; padding: .6rem .75rem; font: inherit; color: inherit; background: var(--ground);
          border: 1px solid var(--quiet); border-radius: .375rem;
        }
        button {
          margin-top: 1.25rem; padding: .6rem 1.25rem; font: inherit; font-weight: 600; cursor: pointer;
          color: var(--on-accent); background: var(--accent); border: 1px solid var(--accent); border-radius: .375rem;
        }
        button.plain { margin: 0; color: var(--accent); background: transparent; }
        a { color: var(--accent); }
        :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
        .problem {
          color: var(--bad); background: var(--bad-ground); border-left: 4px solid var(--bad); padding: .5rem .75rem;
        }
        .split { display: flex; justify-content: space-between; align-items: start; gap: 1rem; flex-wrap: wrap; }
        .facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); gap: 1rem; margin: 0; }
        dt { color: var(--quiet); font-size: .875rem; }
        dd { margin: 0; overflow-wrap: anywhere; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; }
        th, td { text-align: left; vertical-align: top; padding: .6rem .75rem; border-top: 1px solid var(--line); }
        thead th { border-top: 0; color: var(--quiet); font-size: .875rem; }
        code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .9em; }
        .good { color: var(--good); }
        .bad { color: var(--bad); font-weight: 600; }
        .next { display: block; color: var(--ink); font-weight: 400; margin-top: .25rem; }
        @media (prefers-reduced-motion: no-preference) { button { transition: opacity .1s; } }
        button:hover { opacity: .9; }
        """
}
