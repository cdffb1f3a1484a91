import Evidence
import Testing

@testable import Check

@Suite("LS202: defaults that are derived")
struct DerivedDefaultTests {
    private static func found(_ secret: String) -> [String] {
        Checker(
            SourceTree([
                "requirements.txt": "pyjwt\n",
                "auth.py": """
                import base64, hashlib, os, socket
                import jwt

                SECRET = \(secret)

                def check(token):
                    return jwt.decode(token, SECRET, algorithms=["HS256"])
                """,
            ])
        ).run().findings.filter { $0.rule == .defaultInCode }.map { $0.locations.first?.description ?? "" }
    }

    @Test(
        "of a name or a text, where the variable is not set",
        arguments: [
            #"os.getenv("JWT_SECRET") or hashlib.sha256(socket.gethostname().encode()).hexdigest()"#,
            #"os.getenv("JWT_SECRET") or hashlib.sha256(b"app-" + os.uname().nodename.encode()).hexdigest()"#,
            #"os.getenv("JWT_SECRET") or hashlib.sha256(f"{service}-dev".encode()).hexdigest()"#,
            #"os.getenv("JWT_SECRET", hashlib.md5(b"app").hexdigest())"#,
        ])
    func derived(secret: String) {
        #expect(Self.found(secret) == ["auth.py:4"])
    }

    @Test(
        "what is made of a variable, or only decoded, is none",
        arguments: [
            #"hashlib.sha256(os.environ["JWT_SECRET"].encode()).hexdigest()"#,
            #"os.getenv("JWT_SECRET") or base64.b64decode(os.environ["JWT_SECRET_B64"])"#,
            #"os.getenv("JWT_SECRET") or hashlib.sha256(os.environ["APP_KEY"].encode()).hexdigest()"#,
            #"os.getenv("JWT_SECRET") or base64.b64decode(load())"#,
        ])
    func made(secret: String) {
        #expect(Self.found(secret) == [])
    }
}
