import Contracts

/// `GET /keys`: which key each replica holds, where from, whether all agree; the rotation; a form to look into a token.
struct KeysPage: WebPage {
    struct Key: Sendable {
        let kid: PageText
        let state: PageText
    }

    struct Row: Sendable {
        let service: PageText
        /// Which process, or where it was asked.
        let replica: PageText
        let environment: PageText
        let source: PageText
        let keys: [Key]
        let isGood: Bool
        let badge: PageText
        /// What is wrong, behind the service's name.
        let verdict: PageText
        /// The next command; empty where all is well.
        let command: PageText
        let clock: PageText
        let build: PageText

        init(_ standing: KeyStanding, _ texts: Texts, isOwn: Bool) {
            let words = FindingWords(standing, texts)
            service = PageText(standing.service)
            let place = standing.instance ?? standing.url
            replica = PageText(isOwn ? texts("keys.this_portal", ["replica": place]) : place)
            environment = PageText(standing.environment)
            source = PageText(standing.source)
            keys = standing.keys.map { Key(kid: PageText($0.kid), state: PageText(texts["keystate.\($0.state)"])) }
            isGood = standing.isGood
            badge = PageText(words.badge)
            verdict = words.verdict
            command = PageText(words.command)
            clock = PageText(Self.clock(standing.clockOffset, texts))
            build = PageText(standing.build)
        }

        private static func clock(_ offset: Int64?, _ texts: Texts) -> String {
            guard let offset else { return "" }
            // A second is what reports can't tell from being on their way.
            guard abs(offset) >= 1000 else { return texts["keys.clock_right"] }
            let seconds = "\(abs(offset) / 1000).\(abs(offset) % 1000 / 100)"
            return texts(offset > 0 ? "keys.clock_behind" : "keys.clock_ahead", ["seconds": seconds])
        }
    }

    /// Tokens refused for one reason, and what it means.
    struct Refused: Sendable {
        let code: PageText
        let explanation: PageText
        let count: PageText
        let last: PageText
        let places: [PageText]

        init(_ refused: RefusedTokens, _ texts: Texts) {
            code = PageText(refused.code)
            explanation = texts.page(
                texts.known("refused.\(refused.code)") == nil ? "refused.other" : "refused.\(refused.code)")
            count = PageText(String(refused.count))
            last = PageText(moment: refused.lastAt)
            places = refused.places.map { place in
                texts.page(
                    place.kid == nil ? "refused.place" : "refused.place_kid",
                    [
                        "service": PageText(place.service), "instance": PageText(place.instance),
                        "count": PageText(String(place.count)), "kid": PageText(place.kid ?? ""),
                    ])
            }
        }
    }

    let templateName = "keys"
    let frame: PageFrame
    let summary: PageText
    let isAllGood: Bool
    let rows: [Row]
    let refused: [Refused]
    let rotation: RotationSection
    let inspectToken: PageText

    init(parts: WebParts, visitor: Visitor, picture: FleetPicture, desk: RotationSection.Desk, notice: String? = nil) {
        frame = parts.frame(parts.texts["keys.title"], for: visitor, notice: notice, live: "/keys/live")
        rows = Self.rows(picture, parts.texts)
        isAllGood = picture.verdict == .allAgree
        summary = PageText(picture.verdict.words(parts.texts))
        refused = picture.refused.map { Refused($0, parts.texts) }
        rotation = RotationSection(picture, desk: desk, texts: parts.texts)
        inspectToken = frame.formToken
    }

    static func rows(_ picture: FleetPicture, _ texts: Texts) -> [Row] {
        picture.standings.enumerated().map { Row($1, texts, isOwn: $0 == 0) }
    }
}
