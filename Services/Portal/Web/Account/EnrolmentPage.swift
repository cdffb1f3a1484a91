/// A new second factor to be scanned, and the field for its first code.
struct EnrolmentPage: WebPage {
    struct Symbol: Sendable {
        let side: PageText
        let path: PageText
        /// For typing, in groups of four.
        let secret: PageText

        init(_ seed: EnrolmentSeed) throws(QRSymbol.TooLong) {
            let symbol = try QRSymbol(seed.uri)
            side = PageText(String(symbol.side))
            path = PageText(symbol.path)
            let letters = Array(seed.secret)
            secret = PageText(
                stride(from: 0, to: letters.count, by: 4)
                    .map { String(letters[$0..<min($0 + 4, letters.count)]) }.joined(separator: " "))
        }
    }

    let templateName = "enrolment"
    let frame: PageFrame
    /// None when the first code was wrong: it has been scanned by then.
    let symbol: [Symbol]
    /// Where the code goes, and where one gets out of here.
    let action: PageText
    let back: PageText
    let returnTo: PageText
    let problem: PageText

    init(
        parts: WebParts, frame: PageFrame, symbol: Symbol?, action: String, back: String,
        returnTo: LocalPath = .start, problem: String = ""
    ) {
        self.frame = frame
        self.symbol = symbol.map { [$0] } ?? []
        self.action = PageText(action)
        self.back = PageText(back)
        self.returnTo = PageText(returnTo.text)
        self.problem = PageText(problem)
    }
}
