import Secrets
import Tokens

/// A `TokenExplanation` for programs.
struct ExplanationReport: Encodable {
    struct Field: Encodable {
        let name: String
        let json: String
    }
    struct Key: Encodable {
        let kid: String
        let aliases: [String]
        let algorithm: String
        let state: String
        /// Seconds since the epoch.
        let retireAt: Int64?
    }

    let verdict: String
    let cause: String
    let mend: String
    let signer: String?
    let faults: [String]
    let header: [Field]
    let claims: [Field]
    let held: [Key]
    let source: String

    init(_ explanation: TokenExplanation) {
        verdict = explanation.verdict
        cause = explanation.cause
        mend = explanation.mend
        signer = explanation.signer?.words(held: explanation.held)
        faults = explanation.faults
        header = explanation.header.map { Field(name: $0.name, json: $0.json) }
        claims = explanation.claims.map { Field(name: $0.name, json: $0.json) }
        held = explanation.held.map { key in
            Key(
                kid: key.publishedID, aliases: key.aliases.map(\.rawValue), algorithm: key.algorithm.rawValue,
                state: key.state.rawValue, retireAt: key.retireAt)
        }
        source = explanation.source
    }
}
