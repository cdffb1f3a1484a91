import Evidence
import Testing

@testable import Check

/// Texts for people: a README, a runbook, notes.
///
/// Nothing runs by a document, so that `LS105` alone can occur in it: of what is short or a placeholder (`LS106`) a document
/// is full, and rightly.
@Suite("Rules in documents")
struct DocumentRuleTests {
    private static func readme(_ line: String) -> [String: String] {
        [
            "README.md": """
            # Shop

            ## Run it

            ```sh
            cp .env.example .env
            \(line)
            docker compose up
            ```
            """,
            ".env.example": "JWT_SECRET=change-me\n",
            ".gitignore": ".env\n",
            "docker-compose.yml": """
            services:
              api:
                build: .
                env_file: .env
            """,
        ]
    }

    private static func runbook(_ text: String) -> [String: String] {
        ["docs/RUNBOOK.md": "# Tokens are refused\n\n\(text)\n"]
    }

    private static let fixtures = [
        RuleFixture(
            .committedSecret, "a README tells to export it", broken: readme("export JWT_SECRET=\(Given.strong)"),
            mended: readme("export JWT_SECRET=$(openssl rand -base64 48)"), finds: ["LS105 README.md:7"]),
        RuleFixture(
            .committedSecret, "a README shows the store's command with it",
            broken: readme("fly secrets set JWT_SECRET=\(Given.strong)"),
            mended: readme("fly secrets set JWT_SECRET=\"$(openssl rand -base64 48)\""), finds: ["LS105 README.md:7"]),
        RuleFixture(
            .committedSecret, "a runbook names it in a sentence",
            broken: runbook("In the console the variable `JWT_SECRET` must be `\(Given.strong)`."),
            mended: runbook("In the console the variable `JWT_SECRET` must be what the store has."),
            finds: ["LS105 docs/RUNBOOK.md:3"]),
        RuleFixture(
            .committedSecret, "a runbook has a table of settings",
            broken: runbook("| setting | value |\n|---|---|\n| JWT_SECRET | \(Given.strong) |"),
            mended: runbook("| setting | value |\n|---|---|\n| JWT_SECRET | see the store |"),
            finds: ["LS105 docs/RUNBOOK.md:5"]),
        RuleFixture(
            .committedSecret, "a runbook has a piece of YAML",
            broken: runbook("```yaml\nenvironment:\n  JWT_SECRET: \(Given.strong)\n```"),
            mended: runbook("```yaml\nenvironment:\n  JWT_SECRET: ${JWT_SECRET}\n```"),
            finds: ["LS105 docs/RUNBOOK.md:5"]),
        RuleFixture(
            .committedSecret, "a runbook has a piece of JSON",
            broken: runbook("```json\n{\"JWT_SECRET\": \"\(Given.strong)\"}\n```"),
            mended: runbook("```json\n{\"JWT_SECRET\": \"<from the store>\"}\n```"), finds: ["LS105 docs/RUNBOOK.md:4"]),
    ]

    @Test("each fault is found where it stands, and gone when it is mended", arguments: fixtures)
    func rule(_ fixture: RuleFixture) { fixture.verify() }
}
