/// `GET /login/second-factor`: the second step of signing in.
struct SecondFactorPage: WebPage {
    let templateName = "second-factor"
    let frame: PageFrame
    let heading: PageText
    /// There is none yet, and there must be one.
    let isForEnrolment: Bool
    /// Where to go afterwards.
    let returnTo: PageText
    /// Empty, or why the last attempt failed.
    let problem: PageText

    init(parts: WebParts, formToken: String, returnTo: LocalPath, isForEnrolment: Bool, problem: String = "") {
        let title = parts.texts[isForEnrolment ? "second_factor.needed_title" : "second_factor.title"]
        frame = parts.frame(
            problem.isEmpty ? title : parts.texts("second_factor.failed_title", ["title": title]),
            formToken: formToken)
        heading = PageText(title)
        self.isForEnrolment = isForEnrolment
        self.returnTo = PageText(returnTo.text)
        self.problem = PageText(problem)
    }
}
