import Foundation
import Testing

@testable import Render

@Suite("what stands in a folder")
struct FolderTests {
    private final class Folder {
        let path = FileManager.default.temporaryDirectory.path + "/lockstep-render-\(UUID().uuidString)"
        deinit { try? FileManager.default.removeItem(atPath: path) }

        func write(_ text: String, to name: String) throws {
            let place = URL(fileURLWithPath: path + "/" + name)
            try FileManager.default.createDirectory(
                at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: place)
        }
    }

    private let files = [
        RenderedFile("a.yaml", "# Rendered by: lockstep render ecs --env x\n---\na: 1\n"),
        RenderedFile("deep/b.json", "{}\n"),
    ]

    @Test("what is written is current, and written once")
    func writing() throws {
        let folder = Folder()
        let rendered = RenderedFolder(folder.path, files: files)
        #expect(rendered.differences == [.missing("a.yaml"), .missing("deep/b.json")])
        #expect(try rendered.write() == ["a.yaml", "deep/b.json"])
        #expect(rendered.differences.isEmpty)
        #expect(try rendered.write().isEmpty)
    }

    @Test("one changed byte makes a file stale")
    func stale() throws {
        let folder = Folder()
        let rendered = RenderedFolder(folder.path, files: files)
        _ = try rendered.write()
        try folder.write("{} \n", to: "deep/b.json")
        #expect(rendered.differences == [.stale("deep/b.json")])
    }

    @Test("what this command rendered once is left over; what others rendered or people wrote is not")
    func leftOver() throws {
        let folder = Folder()
        let rendered = RenderedFolder(folder.path, files: files)
        _ = try rendered.write()
        try folder.write("# Rendered by: lockstep render ecs --env x\n---\n", to: "old.yaml")
        try folder.write("# Rendered by: lockstep render ecs --env xy\n---\n", to: "other.yaml")
        try folder.write("a: 1\n", to: "mine.yaml")
        try folder.write(
            #"{"tags": [{"key": "rendered-by", "value": "lockstep render ecs --env x"}]}"#, to: "deep/old.json")
        #expect(rendered.differences == [.leftOver("old.yaml"), .leftOver("deep/old.json")])
        #expect(try rendered.write().isEmpty)
    }

    @Test("nothing is lost where a folder can't be made")
    func unwritable() throws {
        let folder = Folder()
        try folder.write("a file", to: "deep")
        #expect(throws: (any Error).self) { try RenderedFolder(folder.path, files: files).write() }
    }
}
