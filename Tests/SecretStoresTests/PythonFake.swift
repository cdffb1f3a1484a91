import AsyncHTTPClient
import Foundation
import SecretStores
import TestSupport
import Testing

/// A stand-in from Tests/Fakes in a process of its own, ended with the value that holds it.
final class PythonFake: Sendable {
    let origin: String
    /// Where the same is served over TLS, if that was asked for.
    let encryptedOrigin: String?
    /// With `certificate.pem`, that server's own authority.
    let folder: URL
    private let process: Int32

    /// Whether this machine can run them.
    static let isAvailable =
        FileManager.default.isExecutableFile(atPath: "/usr/bin/env") && run(["python3", "--version"])

    init(_ name: String, isEncrypted: Bool = false) throws {
        let fakes = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fakes")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("lockstep-fake-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        process.arguments =
            ["python3", "-B", fakes.appendingPathComponent(name).path, "--port", "0"]
            + (isEncrypted ? ["--tls", folder.path] : [])
        let output = Pipe()
        process.standardOutput = output
        try process.start()
        self.process = process.processIdentifier
        origin = "http://127.0.0.1:\(try Self.port(output))"
        encryptedOrigin = isEncrypted ? "https://127.0.0.1:\(try Self.port(output))" : nil
    }

    deinit {
        kill(process, SIGKILL)
        try? FileManager.default.removeItem(at: folder)
    }

    /// The last word of the next line.
    private static func port(_ output: Pipe) throws -> String {
        var line: [UInt8] = []
        while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") {
            line.append(byte)
        }
        return try #require(String(decoding: line, as: UTF8.self).split(separator: " ").last.map(String.init))
    }

    /// Gives up soon.
    static let hastyClient = StoreClient(
        http: StoreClient.makeHTTPClient(), deadline: .seconds(2), patience: .milliseconds(500))

    /// For what must be answered, however busy this machine is: whatever does not test that a client gives up.
    static let patientClient = StoreClient(
        http: StoreClient.makeHTTPClient(), deadline: .seconds(60), patience: .seconds(30))

    /// Asks the fake itself, past every fault that it was told to show.
    @discardableResult
    func control(_ body: String? = nil) async throws -> [String: Any] {
        let response = try await Self.patientClient.send(
            StoreRequest(
                method: body == nil ? "GET" : "POST", url: origin + "/_control", body: Array((body ?? "").utf8)))
        return try #require(try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any])
    }

    func count(_ name: String) async throws -> Int { try #require(try await control()[name] as? Int) }

    private static func run(_ command: [String]) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}

/// A port of this machine that nobody listens on.
let nobody = "http://127.0.0.1:9"
