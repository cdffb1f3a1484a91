import Evidence
import Foundation
import Manifests
import Testing

@testable import Render

@Suite("deploy/ is what infrastructure.yaml says now")
struct GoldenTests {
    static let all = RenderTarget.allCases.flatMap { target in Repository.environments.map { (target, $0) } }

    @Test("each file under deploy/ equals a fresh render, and none is left over", arguments: all)
    func goldens(target: RenderTarget, environment: String) throws {
        let rendered = try Rendered(target, environment)
        let folder = Repository.folder(target, environment)
        for file in rendered.files {
            #expect(Repository.text("\(folder)/\(file.path)") == file.text, "\(folder)/\(file.path): make render")
        }
        let standing = RenderedFolder("\(Repository.root)/\(folder)", files: rendered.files)
        #expect(standing.differences.isEmpty)
    }

    @Test("a second render gives the same bytes", arguments: all)
    func stable(target: RenderTarget, environment: String) throws {
        let again = try Rendered(target, environment, from: Repository.declaration)
        #expect(try Rendered(target, environment).files == again.files)
    }

    @Test("each file says from what it is rendered and by which command", arguments: all)
    func header(target: RenderTarget, environment: String) throws {
        for file in try Rendered(target, environment).files {
            let command = "lockstep render \(target.rawValue) --env \(environment)"
            if file.path.hasSuffix(".json") {
                let tags = try #require(try YAMLDocument.parse(file.text, file: file.path)["tags"])
                #expect(tags.list?.compactMap { $0.text("value") } == ["infrastructure.yaml", command])
            } else {
                #expect(file.text.hasPrefix("# Rendered by: \(command)\n# From infrastructure.yaml"))
            }
        }
    }

    @Test("nothing floats: no image and no secret is the latest, no secret has a value", arguments: all)
    func pinned(target: RenderTarget, environment: String) throws {
        for file in try Rendered(target, environment).files {
            for document in try YAMLDocument.documents(file.text, file: file.path) {
                #expect(!document.scalars.contains { $0.text.contains("latest") && $0.text != "latestRevision" })
            }
        }
    }
}
