import Evidence
import Testing

@testable import Check

/// Programs that load a `.env` by themselves: what compose leaves out is not missing.
@Suite("Files of variables beside the code")
struct OwnEnvironmentFilesTests {
    private static func errors(_ orders: String, _ files: [String: String]) -> [String] {
        var files = files
        files["docker-compose.yml"] = """
            services:
              users:
                build: ./users
                environment:
                  JWT_SECRET: ${JWT_SECRET:?}
              orders:
                build: ./orders
            \(orders)
            """
        files["users/requirements.txt"] = ""
        files["orders/requirements.txt"] = ""
        files["users/main.py"] = """
            import os
            import jwt

            def login():
                return jwt.encode({}, os.environ["JWT_SECRET"], algorithm="HS256")
            """
        files["orders/main.py"] = """
            import os
            import jwt

            def check(token):
                return jwt.decode(token, os.environ["JWT_SECRET"], algorithms=["HS256"])
            """
        return FailureTests.found(files, .error)
    }

    private static let example = "PORT=80\nDATABASE_URL=x\nREDIS_URL=x\nJWT_SECRET=change-me\n"

    @Test("a mounted .env that is not committed, and one that lies beside the code")
    func own() {
        let mount = "    volumes: ['./.env:/app/.env']"
        #expect(Self.errors("", [:]) == ["LS101 docker-compose.yml:6"])
        #expect(Self.errors(mount, [".env.example": Self.example]) == [])
        #expect(Self.errors("", ["orders/.env.example": Self.example]) == [])
        #expect(Self.errors("", ["other/.env.example": Self.example]) == ["LS101 docker-compose.yml:6"])
    }

    @Test("a mounted .env that is committed is what the program reads, below its environment")
    func mounted() {
        let mount = "    volumes: ['./orders.env:/app/.env']"
        #expect(Self.errors(mount, ["orders.env": "JWT_SECRET=${JWT_SECRET}\n"]) == [])
        #expect(Self.errors(mount, ["orders.env": "PORT=80\n"]) == ["LS101 docker-compose.yml:6"])
    }

    @Test("where compose gives most of what the example names, it left the secret out")
    func compose() {
        let environment = "    environment: {PORT: 80, DATABASE_URL: postgres://db, REDIS_URL: redis://cache}"
        #expect(Self.errors(environment, ["orders/.env.example": Self.example]) == ["LS101 docker-compose.yml:6"])
    }
}
