/// `GET /account/security`: one's second factor.
struct SecurityPage: WebPage {
    let templateName = "account-security"
    let frame: PageFrame
    let isEnrolled: Bool
    let isRequired: Bool
    let since: PageText
    let sinceShown: PageText
    let codesLeft: PageText
    /// So few recovery codes that new ones are due.
    let isShort: Bool
    /// Somebody who always signs in elsewhere has none here.
    let asksPassword: Bool
    let problem: PageText

    init(
        parts: WebParts, visitor: Visitor, standing: SecondFactorService.Standing, problem: String = "",
        notice: String? = nil
    ) {
        frame = parts.frame(parts.texts["security.title"], for: visitor, notice: notice)
        isEnrolled = standing.enrolledAt != nil
        isRequired = standing.isRequired
        let moment = PageMoment(standing.enrolledAt ?? 0)
        (since, sinceShown) = (moment.machine, moment.shown)
        codesLeft = PageText(parts.texts.counted("security.codes_left", standing.recoveryCodesLeft))
        isShort = standing.recoveryCodesLeft < 3
        asksPassword = standing.hasPassword
        self.problem = PageText(problem)
    }
}
