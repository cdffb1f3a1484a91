/// New recovery codes, shown once.
struct RecoveryCodesPage: WebPage {
    let templateName = "recovery-codes"
    let frame: PageFrame
    let codes: [PageText]
    let next: PageText

    init(frame: PageFrame, codes: [RecoveryCode], next: LocalPath) {
        self.frame = frame
        self.codes = codes.map { PageText($0.text) }
        self.next = PageText(next.text)
    }
}
