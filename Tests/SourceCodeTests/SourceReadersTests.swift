import Evidence
import Synchronization
import Testing

@testable import SourceCode

@Suite("Sources of a tree")
struct SourceReadersTests {
    @Test("every file is read by its ending, in the order of the tree, and what can't be read is named")
    func tree() {
        let told = Mutex<[Int]>([])
        let tree = SourceTree([
            "web/auth.ts": "const s = process.env.JWT_SECRET",
            "api/settings.py": "import os\nSECRET_KEY = os.getenv('SECRET_KEY')",
            "api/empty.py": "print('a secret')",
            "web/bundle.min.js": "const s = process.env.JWT_SECRET",
            "config/custom-environment-variables.json": #"{"jwt": {"secret": "JWT_SECRET"}}"#,
            "modules/farm/manifest.json": #"{"module_name": "farm", "config": {"SECRET_KEY": "x", "SIZE": 1}}"#,
            "package.json": #"{"name": "jwt", "config": {"SECRET_KEY": "x"}}"#,
            "notes.md": "JWT_SECRET",
        ])
        let (facts, unread) = SourceReaders.read(tree) { done, _ in told.withLock { $0.append(done) } }
        #expect(
            facts.map(\.file) == [
                "api/settings.py", "config/custom-environment-variables.json", "modules/farm/manifest.json",
                "web/auth.ts",
            ])
        #expect(facts[1].reads.map(\.bound) == ["jwt.secret"])
        #expect(facts[2].declaredSettings.map(\.module) == ["farm"])
        #expect(facts[3].language == .typescript)
        #expect(unread.isEmpty)
        #expect(told.withLock { $0 } == [5])
    }

    @Test(
        "a file without a marker word is passed over, whatever the case of the word",
        arguments: [
            ("x = 1", false), ("", false), ("JWT", true), ("a SeCrEt", true), ("Environment", true), ("tokens", true),
            ("secre", false), ("os.getenv('X_ENV')", true), ("crypto", false), ("NextAuth()", true), ("jos", false),
        ])
    func markers(text: String, isRead: Bool) {
        #expect(MarkerWords.occur(in: text) == isRead)
    }

    @Test("each alternative of a key has its own place")
    func places() {
        let text = "import os\nJWT_SECRET = os.getenv('JWT_SECRET') or os.getenv('SECRET_KEY',\n    'literal')\n"
        let read = PythonReader().facts(of: text, file: "a.py").reads.first
        #expect(read?.expression.alternatives.map(\.position.line) == [2, 2, 3])
        #expect(read?.expression.alternatives.map(\.position.column) == [24, 51, 5])
    }

    @Test(
        "hostile texts end, and what stands before them is read",
        arguments: [
            String(repeating: "(", count: 50_000), String(repeating: "[{", count: 50_000),
            String(repeating: "a.b().", count: 50_000), String(repeating: "not ", count: 50_000),
            String(repeating: "x if y else ", count: 20_000), String(repeating: "lambda: ", count: 20_000),
            String(repeating: "a => ", count: 20_000), String(repeating: "() => {", count: 20_000),
            String(repeating: "if (x) {} else ", count: 20_000), String(repeating: "new ", count: 20_000),
            String(repeating: "`${", count: 20_000), String(repeating: "x = ", count: 20_000),
            String(repeating: "a || b ? c : ", count: 20_000), String(repeating: "...", count: 20_000),
            String(repeating: "class A { ", count: 20_000), String(repeating: "\"", count: 20_001),
        ])
    func hostile(text: String) {
        let javascript = JavaScriptReader().facts(of: "const s = process.env.JWT_SECRET\n" + text, file: "a.js")
        #expect(javascript.reads.first?.expression.variables == ["JWT_SECRET"])
        let python = PythonReader().facts(of: "import os\ns = os.getenv('JWT_SECRET')\n" + text, file: "a.py")
        #expect(python.reads.first?.expression.variables == ["JWT_SECRET"])
    }

    @Test("names that lead in circles end")
    func circles() {
        let python = """
            import os, jwt
            a = b
            b = a or os.getenv("JWT_SECRET")
            def f(): return g()
            def g(): return f()
            s = names[s]
            jwt.encode({}, b)
            jwt.encode({}, f())
            jwt.encode({}, s)
            """
        #expect(PythonReader().facts(of: python, file: "a.py").uses.count == 3)
        let javascript = """
            const jwt = require('jsonwebtoken');
            const a = b.c, b = a.c, c = config(c);
            jwt.sign({}, a); jwt.sign({}, c || process.env.JWT_SECRET);
            """
        #expect(JavaScriptReader().facts(of: javascript, file: "a.js").uses.count == 2)
    }
}
