/// What a User-Agent says of a browser and its system, in a few words for the list of sessions.
///
/// A client writes there what it likes, so this is a help to memory and no proof; what is not recognised is called
/// that, not guessed at.
struct DeviceSummary: Sendable, Equatable {
    /// `Firefox`, `curl`; nil: not recognised.
    var browser: String?
    /// `Windows`, `iPhone`; nil: not recognised.
    var system: String?

    /// - Parameter userAgent: looked at up to `Caller.maximumUserAgentBytes`.
    init(userAgent: String) {
        let bytes = Array(userAgent.utf8.prefix(Caller.maximumUserAgentBytes))
        let text = String(decoding: bytes, as: UTF8.self)
        browser = Self.browsers.first { Self.names(text, $0.token) }?.name
        system = Self.systems.first { text.contains($0.token) }?.name
    }

    /// `Firefox on Windows`, `curl`, `a browser on Android`, `an unknown device`.
    var text: String {
        switch (browser, system) {
        case (let browser?, let system?): "\(browser) on \(system)"
        case (let browser?, nil): browser
        case (nil, let system?): "a browser on \(system)"
        case (nil, nil): "an unknown device"
        }
    }

    /// The first that matches counts: browsers carry the names of those that they descend from.
    private static let browsers: [(token: String, name: String)] = [
        ("EdgiOS/", "Edge"), ("EdgA/", "Edge"), ("Edg/", "Edge"), ("OPR/", "Opera"), ("OPiOS/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"), ("Vivaldi/", "Vivaldi"), ("YaBrowser/", "Yandex"),
        ("FxiOS/", "Firefox"), ("Firefox/", "Firefox"), ("CriOS/", "Chrome"), ("HeadlessChrome/", "Chrome"),
        ("Chromium/", "Chromium"), ("Chrome/", "Chrome"), ("Version/", "Safari"),
        ("curl/", "curl"), ("Wget/", "Wget"), ("python-requests/", "Python"), ("Python-urllib/", "Python"),
        ("Go-http-client/", "Go"), ("okhttp/", "okhttp"), ("lockstep/", "lockstep"),
    ]

    /// iPads ask for desktop pages as Macintosh: they are called Mac then, which is what they say.
    private static let systems: [(token: String, name: String)] = [
        ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"),
        ("Windows", "Windows"), ("Macintosh", "Mac"), ("Linux", "Linux"),
    ]

    /// A product stands at the beginning or behind a space (RFC 9110 §10.1.5). Safari has no name of its own that others
    /// do not carry: `Version/` counts beside `Safari/` alone.
    private static func names(_ text: String, _ token: String) -> Bool {
        guard text.hasPrefix(token) || text.contains(" " + token) else { return false }
        return token != "Version/" || (text.contains(" Safari/") && !text.contains("Android"))
    }
}
