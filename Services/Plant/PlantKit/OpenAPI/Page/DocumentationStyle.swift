/// The page's style. Colours meet WCAG 2.2 AA (4.5 : 1) in both schemes.
enum DocumentationStyle {
    static let css = """
        :root {
          color-scheme: light dark;
          --ground: #f4f5f7; --card: #ffffff; --ink: #1b1f24; --quiet: #57606a; --line: #d0d7de; --accent: #0b5cad;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --ground: #0d1117; --card: #161b22; --ink: #e6edf3; --quiet: #9da7b3; --line: #3d444d; --accent: #79c0ff;
          }
        }
        * { box-sizing: border-box; }
        html { scroll-padding-top: 1rem; }
        body {
          margin: 0 auto; max-width: 80rem; background: var(--ground); color: var(--ink);
          font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
          display: grid; grid-template-columns: minmax(0, 18rem) minmax(0, 1fr); gap: 0 2rem; padding: 0 1.5rem;
        }
        header { grid-column: 1 / -1; padding: 1.5rem 0 .5rem; }
        header p { margin: 0; }
        .skip { position: absolute; left: -100rem; }
        .skip:focus { left: 1rem; top: 1rem; background: var(--card); padding: .5rem 1rem; z-index: 1; }
        nav { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow: auto; padding: 1rem 0; }
        nav ul { list-style: none; margin: 0; padding: 0 0 .5rem 1rem; font-size: .875rem; }
        nav a { text-decoration: none; overflow-wrap: anywhere; }
        nav a:hover, nav a:focus { text-decoration: underline; }
        h1 { font-size: 1.5rem; margin: 0; }
        h2 { font-size: 1.25rem; margin: 2rem 0 .25rem; }
        h3 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
        h4 { font-size: .875rem; margin: 1rem 0 .25rem; color: var(--quiet); }
        a { color: var(--accent); }
        summary { cursor: pointer; padding: .25rem 0; }
        article {
          background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: 1rem 1.25rem;
          margin: 0 0 1rem;
        }
        article:target { border-color: var(--accent); }
        article p { margin: .5rem 0; }
        .quiet, dd { color: var(--quiet); font-size: .875rem; }
        .anchor { text-decoration: none; }
        .method {
          font: 700 .75rem/1 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; border: 1px solid currentColor;
          border-radius: .25rem; padding: .15rem .35rem;
        }
        code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .875rem; }
        pre {
          background: var(--ground); border: 1px solid var(--line); border-radius: .375rem; padding: .75rem;
          overflow-x: auto; margin: .5rem 0;
        }
        dl { margin: 0; }
        dl div {
          display: grid; grid-template-columns: minmax(0, 14rem) minmax(0, 1fr); gap: 0 1rem; padding: .35rem 0;
          border-top: 1px solid var(--line);
        }
        dt { overflow-wrap: anywhere; }
        dd { margin: 0; overflow-wrap: anywhere; }
        ul { margin: .25rem 0; padding-left: 1.25rem; }
        li { overflow-wrap: anywhere; }
        :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
        @media (max-width: 48rem) {
          body { display: block; padding: 0 1rem; }
          nav { position: static; max-height: none; }
          dl div { display: block; }
        }
        @media print { nav { display: none; } body { display: block; } }
        """
}
