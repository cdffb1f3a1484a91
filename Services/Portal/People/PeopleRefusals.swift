import HTTPKit

/// What goes wrong with accounts and invitations, as an answer: for routes and for pages.
enum PeopleRefusals {
    static func answering<T>(_ work: () async throws -> T) async throws -> T {
        do {
            return try await work()
        } catch let fault as PeopleStore.Fault {
            throw Refusal(fault)
        } catch let fault as InvitationStore.Fault {
            throw Refusal(fault)
        } catch let failure as InvitationService.Failure {
            throw Refusal(failure)
        } catch is PeopleService.Failure {
            throw Refusal.noMail
        }
    }
}

extension Refusal {
    init(_ fault: PeopleRules.Fault) {
        switch fault {
        case .notAllowed: self.init(.forbidden, "Your roles do not include this.")
        case .beyondYou: self.init(.forbidden, "That account may do more than you may decide about.")
        case .yourself:
            self.init(
                .forbidden,
                "Nobody disables their own account, changes their own roles or resets their own second factor.")
        case .role(let name):
            self.init(
                .forbidden, "You can't grant one of these roles.",
                fields: ["roles": "\(BoundedText.line(name, maximumBytes: 64)) is not yours to grant"])
        case .badRoles:
            self.init(
                .invalidInput, "Some fields can't be accepted.", fields: ["roles": "must be at least one, each once"])
        }
    }

    init(_ fault: PeopleStore.Fault) {
        switch fault {
        case .rules(let fault): self.init(fault)
        case .unknown: self.init(.notFound, "There is no such account.")
        case .changedMeanwhile:
            self.init(.conflict, "Somebody changed the account meanwhile. Look at it again, then decide.")
        case .noSecondFactor: self.init(.conflict, "This account has no second factor.")
        case .lastSuperAdmin: self.init(.conflict, "Nobody would be left who may do everything.")
        }
    }

    init(_ fault: InvitationStore.Fault) {
        switch fault {
        case .rules(let fault): self.init(fault)
        case .unknown: self.init(.notFound, "There is no such invitation.")
        case .settled: self.init(.conflict, "The invitation was accepted or revoked before.")
        case .taken: self.init(.conflict, "There is an account with this email address.")
        }
    }

    init(_ failure: InvitationService.Failure) {
        switch failure {
        case .badLink: self.init(AccountService.Failure.badLink)
        case .invalid(let fields): self.init(AccountService.Failure.invalid(fields))
        case .tooManyAttempts(let wait): self.init(AccountService.Failure.tooManyAttempts(retryAfter: wait))
        case .busy: self.init(AccountService.Failure.busy)
        case .noMail: self = .noMail
        }
    }
}

extension Refusal {
    static let noReason = Refusal(
        .invalidInput, "Some fields can't be accepted.",
        fields: ["reason": "must be 1 to \(ActReason.maximumCharacters) characters of plain text"])
}
