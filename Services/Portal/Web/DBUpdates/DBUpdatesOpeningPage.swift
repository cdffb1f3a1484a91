/// Asks for the password once more, before anything of DB updates is shown.
struct DBUpdatesOpeningPage: WebPage {
    let templateName = "db-updates-opening"
    let frame: PageFrame
    let asksPassword: Bool
    let asksCode: Bool
    let returnTo: PageText
    let problem: PageText

    init(
        parts: WebParts, visitor: Visitor, standing: SecondFactorService.Standing, returnTo: LocalPath,
        problem: String = "", notice: String? = nil
    ) {
        frame = parts.frame(parts.texts["sql.open_title"], for: visitor, notice: notice)
        asksPassword = standing.hasPassword
        asksCode = standing.enrolledAt != nil
        self.returnTo = PageText(returnTo.text)
        self.problem = PageText(problem)
    }
}
