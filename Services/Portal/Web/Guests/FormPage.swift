/// A page that is one form: its heading, its fields, what is wrong with each, and a button. All of the pages about
/// passwords, addresses and invitations are such.
struct FormPage: WebPage {
    struct Field: Sendable {
        enum Kind: Sendable {
            case email, name, newPassword, currentPassword, code, line

            var type: PageText {
                switch self {
                case .email: "email"
                case .name, .code, .line: "text"
                case .newPassword, .currentPassword: "password"
                }
            }

            /// HTML §4.10.18.7, for password managers and whoever fills forms by machine.
            var autocomplete: PageText {
                switch self {
                case .email: "username"
                case .name: "name"
                case .newPassword: "new-password"
                case .currentPassword: "current-password"
                case .code: "one-time-code"
                case .line: "off"
                }
            }

            var maximum: PageText {
                switch self {
                case .email: "254"
                case .name, .code: "100"
                case .newPassword, .currentPassword: "1024"
                case .line: "200"
                }
            }
        }

        let name: PageText
        let label: PageText
        let type: PageText
        let autocomplete: PageText
        let maximum: PageText
        let value: PageText
        let isRequired: Bool
        let hint: PageText
        /// What was wrong with it the last time.
        let wrong: PageText

        /// - Parameters:
        ///   - label, hint: texts of the catalogue, already looked up.
        ///   - value: what was typed before; never a password.
        init(
            _ name: String, _ kind: Kind, label: String, hint: String = "", value: String = "",
            wrong: [String: String]?
        ) {
            self.name = PageText(name)
            self.label = PageText(label)
            type = kind.type
            autocomplete = kind.autocomplete
            maximum = kind.maximum
            self.value = PageText(value)
            // Who has no second factor has no code, and who came by a provider no password of ours.
            isRequired = kind != .code && kind != .currentPassword
            self.hint = PageText(hint)
            self.wrong = PageText(wrong?[name] ?? "")
        }
    }

    struct Hidden: Sendable {
        let name: PageText
        let value: PageText

        init(_ name: String, _ value: String) {
            self.name = PageText(name)
            self.value = PageText(value)
        }
    }

    struct Choices: Sendable {
        struct Option: Sendable {
            let name: PageText
            let label: PageText
            let isChosen: Bool
        }

        let legend: PageText
        let options: [Option]
        let wrong: PageText
    }

    struct Link: Sendable {
        let address: PageText
        let label: PageText

        init(_ address: String, _ label: String) {
            self.address = PageText(address)
            self.label = PageText(label)
        }
    }

    let templateName = "form"
    let frame: PageFrame
    let heading: PageText
    let intro: PageText
    /// Empty, or why the last attempt failed.
    let problem: PageText
    /// Where it is sent to.
    let action: PageText
    var hidden: [Hidden] = []
    let fields: [Field]
    var choices: [Choices] = []
    let submit: PageText
    var links: [Link] = []

    init(
        frame: PageFrame, heading: String, intro: String = "", problem: String = "", action: String, fields: [Field],
        submit: String
    ) {
        self.frame = frame
        self.heading = PageText(heading)
        self.intro = PageText(intro)
        self.problem = PageText(problem)
        self.action = PageText(action)
        self.fields = fields
        self.submit = PageText(submit)
    }
}
