import Evidence
import Foundation
import Testing

@testable import Check

@Suite("Reports of a check")
struct ReportTests {
    private static func compose(_ portal: String, _ gateway: String) -> SourceTree {
        SourceTree([
            "docker-compose.prod.yml": """
            services:
              portal:
                build: portal
                environment:
                  DATABASE_PASSWORD: correct-horse-battery
                  \(portal)
              gateway:
                build: gateway
                environment:
                  DATABASE_PASSWORD: correct-horse-battery
                  ENVIRONMENT: production
                  \(gateway)
            """,
            "portal/a.py": """
            import os, jwt
            def issue(claims): return jwt.encode(claims, os.environ["JWT_SECRET"], algorithm="HS256")
            """,
            "gateway/a.py": """
            import os, jwt
            def check(token): return jwt.decode(token, os.environ["JWT_SECRET"], algorithms=["HS256"])
            """,
        ])
    }

    private static func text(_ tree: SourceTree) -> [String] {
        TextReport(Checker(tree).run(), style: .init(isColoured: false)).lines
    }

    @Test("one variable with two defaults is not shown as one key")
    func defaults() {
        let lines = Self.text(Self.compose("JWT_SECRET: ${JWT_SECRET:-a}", "JWT_SECRET: ${JWT_SECRET:-b}"))
        #expect(lines.contains { $0.hasSuffix("env:JWT_SECRET or a default (1)") })
        #expect(lines.contains { $0.hasSuffix("env:JWT_SECRET or a default (2)") })
        #expect(!lines.contains { $0.contains("one key") })
        #expect(lines.contains("production") && !lines.contains("prod"))
    }

    @Test("one key is one line")
    func same() {
        let lines = Self.text(Self.compose("JWT_SECRET: ${JWT_SECRET:?}", "JWT_SECRET: ${JWT_SECRET:?other}"))
        #expect(lines.first == "docker-compose.prod.yml: 2 services, one key: env:JWT_SECRET")
    }

    @Test("a fix shows the line that it adds, never the one that stands beside it")
    func addedLine() throws {
        let tree = Self.compose("JWT_SECRET: ${JWT_SECRET:?}", "OTHER: x")
        let result = Checker(tree).run()
        let fix = try #require(result.findings.first { $0.rule == .missingSecret }?.fix)
        let edit = try #require(fix.edits.first)
        #expect(edit.isInsertion && edit.new == ["      JWT_SECRET: ${JWT_SECRET:?}"])
        for report in [
            try JSONEncoder().encode(CheckDocument(result)),
            try JSONEncoder().encode(SARIFReport(result, toolVersion: "1")),
        ] {
            let text = String(decoding: report, as: UTF8.self)
            #expect(text.contains("${JWT_SECRET:?}"))
            #expect(!text.contains("correct-horse"))
        }
    }
}
