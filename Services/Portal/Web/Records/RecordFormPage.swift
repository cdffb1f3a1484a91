/// One form on a page of its own: to make or change a record, or to be asked before something is done to it.
struct RecordFormPage: WebPage {
    let templateName = "record-form"
    let frame: PageFrame
    /// Where it belongs, and the way out.
    let back: PageText
    let backLabel: PageText
    let heading: PageText
    /// What it means.
    let said: [PageText]
    /// What it concerns.
    let facts: [AccountPage.Fact]
    let form: WorkForm

    init(
        frame: PageFrame, back: String, backLabel: String, heading: String, said: [String] = [],
        facts: [AccountPage.Fact] = [], form: WorkForm
    ) {
        self.frame = frame
        self.back = PageText(back)
        self.backLabel = PageText(backLabel)
        self.heading = PageText(heading)
        self.said = said.map(PageText.init)
        self.facts = facts
        self.form = form
    }
}
