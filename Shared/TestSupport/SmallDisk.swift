import Foundation

/// A disk of a megabyte or so that a test may fill up or make read-only: a tmpfs of its own. Needs root, and a kernel
/// that lets it mount; tests say so where they skip.
package struct SmallDisk: Sendable {
    package let folder: String

    /// Whether one can be made here.
    package static let isPossible: Bool = {
        guard getuid() == 0, let disk = try? SmallDisk(kibibytes: 64) else { return false }
        disk.remove()
        return true
    }()

    package static let whyNot = "a tmpfs can't be mounted here (not root, or not allowed)"

    package struct Failed: Error, CustomStringConvertible {
        package let description: String
    }

    package init(kibibytes: Int) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "lockstep-disk-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        do {
            try Self.run(["mount", "-t", "tmpfs", "-o", "size=\(kibibytes)k,mode=0777", "lockstep-test", folder])
        } catch {
            rmdir(folder)
            throw error
        }
    }

    /// Takes room that `makeRoom` gives back: what others took is theirs.
    package func take(kibibytes: Int) throws { try grow { $0 < kibibytes / 4 } }

    /// Takes all the room that is left.
    package func fill() throws { try grow { _ in true } }

    private func grow(while goesOn: (_ pages: Int) -> Bool) throws {
        let descriptor = open("\(folder)/filler", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        guard descriptor >= 0 else { throw Failed(description: "no filler can be made") }
        defer { close(descriptor) }
        let chunk = [UInt8](repeating: 0, count: 4096)
        var pages = 0
        while goesOn(pages), write(descriptor, chunk, chunk.count) > 0 { pages += 1 }
    }

    /// Gives it back.
    package func makeRoom() { unlink("\(folder)/filler") }

    package func makeReadOnly(_ isReadOnly: Bool = true) throws {
        try Self.run(["mount", "-o", "remount,\(isReadOnly ? "ro" : "rw")", folder])
    }

    package func remove() {
        // Lazily: whoever has a file open still keeps no test waiting.
        try? Self.run(["umount", "-l", folder])
        rmdir(folder)
    }

    /// Makes one, runs the body, and removes it.
    package static func with<T>(kibibytes: Int, _ body: (SmallDisk) async throws -> T) async throws -> T {
        let disk = try SmallDisk(kibibytes: kibibytes)
        let outcome: Result<T, any Error>
        do { outcome = .success(try await body(disk)) } catch { outcome = .failure(error) }
        disk.remove()
        return try outcome.get()
    }

    private static func run(_ command: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.start()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failed(description: "\(command.joined(separator: " ")) ended with \(process.terminationStatus)")
        }
    }
}
