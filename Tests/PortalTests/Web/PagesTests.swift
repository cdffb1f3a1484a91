import Foundation
import HTTPKit
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing
import Tokens

@testable import Portal

@Suite struct PagesTests {
    private struct Model<Value: Sendable>: WebPage {
        struct Within: Sendable { let value: Value }
        let templateName = "fault"
        let frame: PageFrame
        let lists: [[Within]]
    }

    @Test("pages are filled with escaped text and nothing else, however deep it stands")
    func onlyPageText() async throws {
        let samples = try await SamplePages()
        let frame = try #require(samples.all.first).frame
        func refusal(_ value: some Sendable) throws -> String? {
            do {
                _ = try samples.parts.pages.html(Model(frame: frame, lists: [[.init(value: value)]]))
                return nil
            } catch let unfit as PageValues.Unfit {
                return unfit.type
            }
        }
        #expect(try refusal(PageText("<b>")) == nil)
        #expect(try refusal(true) == nil)
        #expect(try refusal("<b>") == "String")
        #expect(try refusal(["<b>"]) == "String")
        #expect(try refusal(1) == "Int")
        #expect(try refusal(PageText?.none) == "Optional<PageText>")
        #expect(try refusal(PortalKind.platform) == "PortalKind")
        #expect(try refusal(["key": PageText("<b>")]) == "Dictionary<String, PageText>")
    }

    @Test("no page holds an inline script or style, an event handler or a foreign address; every place is filled")
    func nothingInline() async throws {
        let samples = try await SamplePages()
        for page in samples.all {
            let html = try samples.parts.pages.html(page)
            #expect(html.hasPrefix("<!doctype html>"))
            #expect(html.contains("<html lang=\"en\">"))
            for forbidden in [
                "<script>", "style=", "<style", "javascript:", " onload", " onclick", "http://", "https://", "{{", "[[",
            ] {
                #expect(!html.contains(forbidden), "\(page.templateName) holds \(forbidden)")
            }
            #expect(
                html.matches(of: /<script/).count == html.matches(of: /<script type="module" src="\/assets\//).count)
        }
    }

    @Test("each template has a sample, so that the tests above read it")
    func everyTemplate() async throws {
        let sampled = Set(try await SamplePages().all.map(\.templateName))
        // What others consist of is read with them.
        let partial = Set(
            WebFiles.templates.values.flatMap { bytes in
                String(decoding: bytes, as: UTF8.self).matches(of: /\{\{[>] ([a-z-]+)\}\}/).map { String($0.1) }
            })
        #expect(sampled.isDisjoint(with: partial))
        #expect(sampled.union(partial).union(["layout"]) == Set(WebFiles.templates.keys))
    }

    @Test("the files that the build embeds are the files of the folder")
    func filesAreListed() throws {
        let web = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../Services/Portal/Web/Files").standardized
        func names(_ folder: String) throws -> Set<String> {
            Set(try FileManager.default.contentsOfDirectory(atPath: web.appending(path: folder).path))
        }
        #expect(try names("Templates") == Set(WebFiles.templates.keys.map { $0 + ".mustache" }))
        #expect(try names("Assets") == Set(WebFiles.assets.keys))
    }

    @Test("each file's address tells its content, so that it may be kept for long")
    func addresses() {
        let one = Assets(["portal.css": [1]])
        let other = Assets(["portal.css": [2]])
        #expect(one.address("portal.css") != other.address("portal.css"))
        #expect(one.address("portal.css").wholeMatch(of: /\/assets\/portal-[A-Za-z0-9_-]{12}\.css/) != nil)
    }

    @Test("styles and modules are served under the addresses that pages name, and under no other")
    func served() async throws {
        try await TestPortal().test { client in
            let page = try await client.send(.get, "/login").text
            for (kind, type) in [("css", "text/css; charset=utf-8"), ("js", "text/javascript; charset=utf-8")] {
                let match = try #require(page.firstMatch(of: try Regex("/assets/portal-[A-Za-z0-9_-]{12}\\.\(kind)")))
                let file = try await client.send(.get, String(page[match.range]))
                #expect(file.status == .ok)
                #expect(file.headers[.contentType] == type)
                #expect(file.headers[.cacheControl]?.contains("immutable") == true)
            }
            #expect(try await client.send(.get, "/assets/portal.css").status == .notFound)
            #expect(try await client.send(.get, "/assets/..%2f..%2fen.json").status == .notFound)
        }
    }

    @Test("the first page is light: at most six requests and 60 KB, nothing compressed", arguments: PortalKind.allCases)
    func firstPage(_ kind: PortalKind) async throws {
        try await TestPortal(kind).test { client in
            let page = try await client.send(.get, "/login")
            let files = Set(page.text.matches(of: /(?:href|src)="(\/assets\/[^"]+)"/).map { String($0.1) })
            #expect(files.count >= 3)
            #expect(files.count + 1 <= 6)
            var bytes = page.body.readableBytes
            for file in files { bytes += try await client.send(.get, file).body.readableBytes }
            #expect(bytes < 60_000, "\(bytes) bytes")
        }
    }
}
