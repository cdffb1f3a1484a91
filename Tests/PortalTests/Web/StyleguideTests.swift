import Foundation
import HTTPTypes
import HummingbirdTesting
import Secrets
import Testing

@testable import Portal

@Suite("The style guide") struct StyleguideTests {
    /// The names of classes that selectors of a stylesheet speak of.
    private static func classes(of stylesheet: String) -> Set<String> {
        let selectors = stylesheet.replacing(/\/\*[\s\S]*?\*\//, with: "").replacing(/"[^"]*"/, with: "")
        return Set(selectors.matches(of: /\.([a-z][a-z0-9-]*)/).map { String($0.1) })
    }

    /// The names of classes that elements of a page have.
    private static func classes(on page: String) -> Set<String> {
        Set(page.matches(of: /\sclass="([^"]*)"/).flatMap { $0.1.split(separator: " ") }.map(String.init))
    }

    @Test("shows every class of the stylesheet: what a page is made of is seen there in every scheme, and judged")
    func isComplete() async throws {
        let samples = try await SamplePages()
        let page = try samples.parts.pages.html(StyleguidePage(parts: samples.parts, visitor: samples.visitor))
        let stylesheet = String(decoding: try #require(WebFiles.assets["portal.css"]), as: UTF8.self)
        let missing = Self.classes(of: stylesheet).subtracting(Self.classes(on: page))
        #expect(missing.sorted() == [], "add them to a styleguide template, or take them out of portal.css")
    }

    @Test("classes are read from selectors, and not from comments, strings and lengths")
    func reading() {
        let stylesheet = """
            /* .not-me */ .one.two > a.three:hover, td.four[x="a.five"]::before { content: "b.six"; margin: .5rem 1.25em }
            """
        #expect(Self.classes(of: stylesheet) == ["one", "two", "three", "four"])
        #expect(Self.classes(on: #"<p class="one two-three"><b data-class="four" class="">"#) == ["one", "two-three"])
    }

    @Test("is there in development alone, and its forms lead back to it")
    func inDevelopment() async throws {
        try await TestPortal(environment: .development).test { client in
            var browser = Browser(client)
            _ = try await browser.signIn()
            let page = try await browser.get("/styleguide")
            #expect(page.status == .ok)
            let sent = try await browser.post("/styleguide", ["form_token": try Browser.formToken(in: page)])
            #expect(sent.headers[.location] == "/styleguide")
            let forged = try await browser.post("/styleguide", ["form_token": "x"])
            #expect(forged.status == .forbidden)
        }
        try await TestPortal().test { client in
            var browser = Browser(client)
            _ = try await browser.signIn()
            #expect(try await browser.get("/styleguide").status == .notFound)
        }
    }
}
