import Contracts
import Fleet
import HTTPKit
import HTTPTypes
import Hummingbird
import Secrets
import ServerKit
import ServiceKit
import Tokens

/// The keys page and what can be done there.
struct KeysPages: AreaPages {
    let parts: WebParts
    let board: FleetBoard
    /// Nil where nothing can be written to from here.
    let desk: RotationDesk?
    let audit: AuditStore
    let ring: @Sendable () -> KeyRing
    /// As verifiers of this deployment have it, so that the inspector answers as they would.
    let policy: VerificationPolicy
    let entropy: Entropy

    /// Who may rotate.
    static let rotators: Set<String> = [Role.superAdmin, Role.admin, Role.infrastructureEngineer]

    struct InspectionForm: Decodable, Sendable {
        var token: String
    }

    func add(to visitors: VisitorRoutes) {
        visitors.get("keys", .keys) { request, visitor in
            try await parts.pages.response(page(visitor, notice: request.notice))
        }
        visitors.live("keys/live", .keys) { _ in
            LiveNews(every: .seconds(1)) { [board] in try await board.look() }
        }
        visitors.post("keys/inspect", .keys, InspectionForm.self) { form, visitor, _ in
            let explanation = TokenExplanation.of(form.token, ring: ring(), policy: policy, now: visitor.now)
            return try parts.pages.response(
                InspectionPage(parts: parts, visitor: visitor, explanation: explanation))
        }
        for act in [RotationConfirmPage.Act.begin, .rollBack] {
            let path = RouterPath("keys/rotation/\(act.rawValue)")
            visitors.get(path, .keys) { _, visitor in
                let desk = try openDesk(for: visitor)
                return try parts.pages.response(
                    RotationConfirmPage(parts: parts, visitor: visitor, act: act, store: desk.storeName))
            }
            visitors.post(path, .keys, NoFields.self) { _, visitor, _ in try await rotate(act, visitor) }
        }
    }

    private func page(_ visitor: Visitor, notice: String?) async throws -> KeysPage {
        KeysPage(
            parts: parts, visitor: visitor, picture: try await board.look(), desk: deskState(for: visitor),
            notice: notice)
    }

    private func deskState(for visitor: Visitor) -> RotationSection.Desk {
        guard visitor.has(anyOf: Self.rotators) else { return .notAllowed }
        return desk == nil ? .notWritable(source: ring().source) : .open
    }

    private func openDesk(for visitor: Visitor) throws(Refusal) -> RotationDesk {
        guard visitor.has(anyOf: Self.rotators) else {
            throw Refusal(.forbidden, parts.texts["rotation.not_allowed"])
        }
        guard let desk else {
            throw Refusal(.conflict, parts.texts("rotation.not_writable", ["source": ring().source]))
        }
        return desk
    }

    private func rotate(_ act: RotationConfirmPage.Act, _ visitor: Visitor) async throws -> Response {
        let desk = try openDesk(for: visitor)
        let outcome =
            switch act {
            case .begin: try await desk.begin(by: visitor.user.email)
            case .rollBack: try await desk.rollBack(by: visitor.user.email)
            }
        let refusal: String? =
            switch outcome {
            case .refused(let reason), .waiting(let reason): reason
            // Taken, and waits for what is next.
            case .done, .blocked, .early, .timedOut: nil
            }
        try await audit.record(
            AuditEvent(
                act == .begin ? .rotationBegun : .rotationTakenBack, refusal == nil ? .success : .failure,
                actor: visitor.user.id, subject: desk.storeName, detail: refusal ?? "", caller: visitor.caller,
                entropy: entropy, now: visitor.now))
        if let refusal {
            return try parts.pages.response(
                RotationConfirmPage(
                    parts: parts, visitor: visitor, act: act, store: desk.storeName, problem: refusal),
                status: .conflict)
        }
        return WebAnswers.redirect(to: "/keys?notice=rotation_\(act.rawValue)")
    }
}
