import HTTPTypes
import Hummingbird
import Mustache

/// The portal's templates, compiled once, and the headers that every page carries.
struct Pages: Sendable {
    private let library: MustacheLibrary

    init() throws {
        library = MustacheLibrary(templates: [
            "layout": try MustacheTemplate(string: Layout.template),
            "sign-in": try MustacheTemplate(string: SignInPage.template),
            "home": try MustacheTemplate(string: HomePage.template),
            "fault": try MustacheTemplate(string: FaultPage.template),
        ])
    }

    func response(_ page: some WebPage, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) throws -> Response
    {
        let html = try html(page)
        var fields = headers
        fields[.contentType] = "text/html; charset=utf-8"
        for (name, value) in Self.headers { fields[name] = value }
        return Response(status: status, headers: fields, body: .init(byteBuffer: ByteBuffer(string: html)))
    }

    /// Any page, so that tests can read them all.
    func html(_ page: any WebPage) throws -> String {
        guard let html = library.render(page, withTemplate: page.templateName) else {
            throw UnknownTemplate(name: page.templateName)
        }
        return html
    }

    struct UnknownTemplate: Error { let name: String }

    /// No script at all, nothing from elsewhere, in nobody's frame, in nobody's cache.
    static let headers: [(HTTPField.Name, String)] = [
        (
            .contentSecurityPolicy,
            """
            default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
            frame-ancestors 'none'
            """
        ),
        (.xFrameOptions, "DENY"),
        (.xContentTypeOptions, "nosniff"),
        // `no-referrer` would make browsers send `Origin: null` with forms, and the origin is what is checked.
        (.referrerPolicy, "same-origin"),
        (.crossOriginOpenerPolicy, "same-origin"),
        (.cacheControl, "no-store"),
    ]
}

/// What a template is filled with: `PageText`, `Bool`, and structs and arrays of these.
protocol WebPage: Sendable {
    var templateName: String { get }
}

extension HTTPField.Name {
    // These names are valid tokens (RFC 9110 §5.6.2); `x-…` of the package has no constants for them.
    fileprivate static let xFrameOptions = HTTPField.Name("X-Frame-Options") ?? .server
    fileprivate static let referrerPolicy = HTTPField.Name("Referrer-Policy") ?? .server
    fileprivate static let crossOriginOpenerPolicy = HTTPField.Name("Cross-Origin-Opener-Policy") ?? .server
}
