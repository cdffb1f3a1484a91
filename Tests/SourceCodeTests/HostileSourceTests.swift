import Evidence
import Testing

@testable import SourceCode

@Suite("Sources that no compiler would take")
struct HostileSourceTests {
    private static let files = [
        "a.go", "A.java", "a.kt", "a.swift", "a.rb", "a.php", "A.cs", "a.rs", "application.yml",
        "application.properties",
        "application.conf", "appsettings.json", "services.yaml",
    ]

    private static let read: [String: String] = [
        "a.go": "var s = os.Getenv(\"JWT_SECRET\")\n", "A.java": "String s = System.getenv(\"JWT_SECRET\");\n",
        "a.kt": "val s = System.getenv(\"JWT_SECRET\")\n",
        "a.swift": "let s = ProcessInfo.processInfo.environment[\"JWT_SECRET\"]\n", "a.rb": "s = ENV['JWT_SECRET']\n",
        "a.php": "$s = getenv('JWT_SECRET');\n",
        "A.cs": "var s = Environment.GetEnvironmentVariable(\"JWT_SECRET\");\n",
        "a.rs": "let s = env::var(\"JWT_SECRET\");\n",
    ]

    private static let texts: [String] = [
        String(repeating: "(", count: 5_000), String(repeating: "{[(", count: 2_000),
        String(repeating: "}])", count: 2_000),
        String(repeating: "a.b(", count: 2_000), "a" + String(repeating: ".b()", count: 2_000),
        "a" + String(repeating: " + a", count: 2_000), "a" + String(repeating: " ? a", count: 1_000),
        "x" + String(repeating: " = x", count: 1_000), String(repeating: "if x { ", count: 1_000),
        String(repeating: "func f() { ", count: 750), String(repeating: "class C { ", count: 750),
        String(repeating: "def f\n", count: 750), String(repeating: "end\n", count: 1_000),
        String(repeating: "!", count: 2_500), String(repeating: "new ", count: 1_250),
        String(repeating: "a<b", count: 1_250),
        String(repeating: "@A ", count: 1_000), String(repeating: "a: ", count: 1_000),
        "\"" + String(repeating: "${", count: 750),
        "\"" + String(repeating: "\\(", count: 750), "'", "\"", "`", "/*", "<?php", "${", "#{", "<<~X\n",
        "jwt.secret: " + String(repeating: "${A:", count: 500), String(repeating: " a:\n", count: 750),
        "\u{0}\u{1}\u{FFFD}",
        "",
    ]

    @Test("are read to their end", arguments: files)
    func areRead(file: String) {
        for text in Self.texts { _ = FactLines.of(text, file: file) }
    }

    @Test("do not hide what stands above them", arguments: read.keys.sorted())
    func doNotHide(file: String) throws {
        let head = (file == "a.php" ? "<?php\n" : "") + (try #require(Self.read[file]))
        for text in Self.texts where !text.contains("class") && !text.contains("=") && !text.contains("s ") {
            let lines = FactLines.of(head + text, file: file)
            #expect(lines.contains { $0.hasPrefix("read") && $0.contains("JWT_SECRET") }, "\(text.prefix(12))")
        }
    }
}
