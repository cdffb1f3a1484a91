import HTTPTypes
import Hummingbird
import Mustache

/// The portal's templates, compiled once, and the headers that every page carries.
struct Pages: Sendable {
    private let library: MustacheLibrary

    /// Throws where a template is malformed, or names a text that the catalogue lacks.
    init(texts: Texts) throws {
        library = MustacheLibrary(
            templates: try WebFiles.templates.mapValues { bytes in
                try MustacheTemplate(string: texts.woven(into: String(decoding: bytes, as: UTF8.self)))
            })
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
    /// Throws `PageValues.Unfit` for a model that holds anything but what `WebPage` allows.
    func html(_ page: any WebPage) throws -> String {
        guard let html = library.render(try PageValues(page), withTemplate: page.templateName) else {
            throw UnknownTemplate(name: page.templateName)
        }
        return html
    }

    struct UnknownTemplate: Error { let name: String }

    /// This portal's own modules and styles alone, nothing inline, nothing from elsewhere, in nobody's frame, in nobody's
    /// cache.
    static let headers: [(HTTPField.Name, String)] = [
        (
            .contentSecurityPolicy,
            """
            default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
            form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
            trusted-types lockstep
            """
        ),
        (.xFrameOptions, "DENY"),
        (.xContentTypeOptions, "nosniff"),
        // `no-referrer` would make browsers send `Origin: null` with forms, and the origin is what is checked.
        (.referrerPolicy, "same-origin"),
        (.crossOriginOpenerPolicy, "same-origin"),
        (.crossOriginResourcePolicy, "same-origin"),
        (.permissionsPolicy, "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
        (.cacheControl, "no-store"),
    ]
}

/// What a template is filled with: `PageText`, `Bool`, and structs and arrays of these.
protocol WebPage: Sendable {
    var templateName: String { get }
    var frame: PageFrame { get }
}

extension HTTPField.Name {
    // These names are valid tokens (RFC 9110 §5.6.2); the package has no constants for them.
    fileprivate static let xFrameOptions = HTTPField.Name("X-Frame-Options") ?? .server
    fileprivate static let referrerPolicy = HTTPField.Name("Referrer-Policy") ?? .server
    fileprivate static let crossOriginOpenerPolicy = HTTPField.Name("Cross-Origin-Opener-Policy") ?? .server
    fileprivate static let crossOriginResourcePolicy = HTTPField.Name("Cross-Origin-Resource-Policy") ?? .server
    fileprivate static let permissionsPolicy = HTTPField.Name("Permissions-Policy") ?? .server
}
