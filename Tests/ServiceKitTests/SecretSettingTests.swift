import FoundationEssentials
import Secrets
import ServiceKit
import Testing

@Suite("Secrets among the settings")
struct SecretSettingTests {
    private let value = "0123456789abcdef0123456789abcdef"

    private func withFile<R>(_ content: String, _ body: (String) throws -> R) throws -> R {
        let path = FileManager.default.temporaryDirectory.appending(path: "kit-\(UUID().uuidString)").path
        try Data(content.utf8).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try body(path)
    }

    @Test("the variable's value is the secret")
    func direct() throws {
        let reader = SettingsReader(variables: ["TOKEN": value])
        #expect(reader.secret("TOKEN", minimumBytes: 32) == SecretBytes(utf8: value))
        try reader.finish()
    }

    @Test("the file's content is the secret, without the newline that an editor leaves", arguments: ["", "\n", "\r\n"])
    func fromFile(_ ending: String) throws {
        try withFile(value + ending) { path in
            let reader = SettingsReader(variables: ["TOKEN_FILE": path])
            #expect(reader.secret("TOKEN", minimumBytes: 32) == SecretBytes(utf8: value))
            try reader.finish()
        }
    }

    @Test("variable and file that agree are one secret")
    func bothEqual() throws {
        try withFile(value + "\n") { path in
            let reader = SettingsReader(variables: ["TOKEN": value, "TOKEN_FILE": path])
            #expect(reader.secret("TOKEN", minimumBytes: 32) == SecretBytes(utf8: value))
            try reader.finish()
        }
    }

    @Test("variable and file that differ are a fault, and neither is told")
    func bothDifferent() throws {
        try withFile("another-secret-another-secret-another") { path in
            let reader = SettingsReader(variables: ["TOKEN": value, "TOKEN_FILE": path])
            #expect(reader.secret("TOKEN", minimumBytes: 32) == nil)
            let error = try #require(throws: SettingsError.self) { try reader.finish() }
            #expect(!"\(error)".contains(value))
            #expect(!"\(error)".contains("another-secret"))
        }
    }

    @Test("a short secret is a fault that tells its length alone")
    func tooShort() throws {
        let reader = SettingsReader(variables: ["TOKEN": "pssst"])
        #expect(reader.secret("TOKEN", minimumBytes: 32) == nil)
        let error = try #require(throws: SettingsError.self) { try reader.finish() }
        #expect("\(error)".contains("5 bytes"))
        #expect(!"\(error)".contains("pssst"))
    }

    @Test("a file that is missing, empty or huge is a fault")
    func badFiles() throws {
        for content in ["", "\n", String(repeating: "x", count: 70_000)] {
            try withFile(content) { path in
                let reader = SettingsReader(variables: ["TOKEN_FILE": path])
                #expect(reader.secret("TOKEN", minimumBytes: 1) == nil)
                #expect(throws: SettingsError.self) { try reader.finish() }
            }
        }
        let reader = SettingsReader(variables: ["TOKEN_FILE": "/nonexistent/kit"])
        #expect(reader.secret("TOKEN", minimumBytes: 1) == nil)
        #expect(throws: SettingsError.self) { try reader.finish() }
    }

    @Test("absence is no fault: who needs the secret says so")
    func absent() throws {
        let reader = SettingsReader(variables: [:])
        #expect(reader.secret("TOKEN", minimumBytes: 32) == nil)
        try reader.finish()
    }
}
