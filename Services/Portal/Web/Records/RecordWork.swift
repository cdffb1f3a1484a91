import HTTPTypes
import Hummingbird

/// A form that was sent about a record: what the plant accepts leads on (303), what it does not shows the form again with
/// what was typed.
struct RecordWork: Sendable {
    let parts: WebParts
    let visitor: Visitor
    /// Its name on the page.
    let form: String
    let typed: FieldSet

    /// Who asks for the change, by the form's own key and by the state that was seen.
    typealias Change = PlantAPI.Change

    /// - Parameters:
    ///   - faults: of what can't be read, by field; then the plant is not asked.
    ///   - needsVersion: the record is there already.
    ///   - again: shows the form once more.
    ///   - work: asks the plant, and says where to go when it is done.
    func submit(
        faults: [String: String] = [:], needsVersion: Bool = true,
        again: @Sendable (FormAttempt, HTTPResponse.Status) async throws -> Response,
        work: @Sendable (Change) async throws(PlantFailure) -> String
    ) async throws -> Response {
        try await parts.withPlant(visitor) {
            let texts = parts.texts
            guard faults.isEmpty else {
                return try await again(attempt(texts["form.faults"], faults), .unprocessableContent)
            }
            let tag = RecordVersion.tag(typed)
            guard let key = OnceKey.parse(typed["once"]), !needsVersion || tag != nil else {
                return try await again(attempt(texts["form.stale"], [:]), .unprocessableContent)
            }
            do throws(PlantFailure) {
                return WebAnswers.redirect(to: try await work(Change(key: key, expectedTag: tag)))
            } catch {
                let fault = PlantFaultText(error, texts)
                let failed = attempt(
                    FarmFaults.sentence(error, fault, texts), Self.byField(error), isSentBefore: error == .sentBefore)
                do { return try await again(failed, fault.status) } catch is PlantFailure {
                    // Nor does the page come: what is said is why the work was not done.
                    throw error
                }
            }
        }
    }

    private func attempt(_ problem: String, _ faults: [String: String], isSentBefore: Bool = false) -> FormAttempt {
        FormAttempt(
            form: form, typed: isSentBefore ? typed.without("once") : typed, problem: problem, faults: faults)
    }

    private static func byField(_ failure: PlantFailure) -> [String: String] {
        if case .conflict(_, let fields) = failure { return fields }
        return FarmFaults.byField(failure)
    }

    /// The form's key: what was not done may be sent again under the same one, changed or not, and what may have been done
    /// must be.
    static func once(_ form: String, _ attempt: FormAttempt?, _ visitor: Visitor) -> String {
        attempt.flatMap { OnceKey.parse($0.typed["once"]) }
            ?? OnceKey.make(form, facts: [visitor.requestID], for: visitor)
    }
}
