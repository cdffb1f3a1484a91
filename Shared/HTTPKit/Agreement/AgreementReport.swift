import Logging
import Secrets

// What the monitor says of the state's decisions: lines for the log, rows for `/internal/v1/keys`.

extension AgreementState.Issuer {
    /// `agreed`, `disagreed`, `unreachable`, `pending`
    var status: String {
        if last?.isUnreachable == true { return "unreachable" }
        return switch proof {
        case .agreed: "agreed"
        case .disagreed, .mixed: "disagreed"
        case .none: "pending"
        }
    }

    func agreement(ring: KeyRing) -> IssuerAgreement {
        var detail = "not checked yet with the present ring"
        switch (last?.outcome, proof) {
        case (.unreachable(let reason), _): detail = reason
        case (_, .disagreed(let reason)): detail = reason
        case (_, .mixed(let reason)): detail = "one replica of several: \(reason)"
        case (_, .agreed): detail = "a probe signed by the issuer verifies with our ring"
        case (_, .none): break
        }
        return IssuerAgreement(
            url: url, issuer: last?.issuer, status: status, detail: detail, theirKid: last?.theirKid,
            theirSource: last?.theirSource, theirEnvironment: last?.theirEnvironment,
            ourKids: ring.keys.map(\.publishedID), ourSource: ring.source, checkedAt: checkedAt,
            lagging: lagging.isEmpty ? nil : lagging)
    }
}

extension AgreementState.Notice {
    /// The line that an operator reads at night: who, which keys, where from, and what to do next.
    func write(to logger: Logger, service: String, ring: KeyRing, observation: ProbeObservation?) {
        var metadata: Logger.Metadata = [
            "our_kids": "\(ring.heldKeys)", "our_source": "\(ring.source)",
            "our_environment": "\(ring.environment.rawValue)",
        ]
        if let observation {
            metadata["issuer"] = observation.issuer.map { "\($0)" }
            metadata["their_kid"] = observation.theirKid.map { "\($0)" }
            metadata["their_source"] = observation.theirSource.map { "\($0)" }
            metadata["their_environment"] = observation.theirEnvironment.map { "\($0)" }
        }
        switch self {
        case .agreed(let url):
            metadata["url"] = "\(url)"
            logger.info("Key agreement with \(observation?.issuer ?? "the issuer") confirmed", metadata: metadata)
        case .disagreed(let url, let reason, let reminder):
            metadata["url"] = "\(url)"
            metadata["reason"] = "\(reason)"
            logger.error(
                """
                Key disagreement\(reminder ? " lasts" : ""): \(service) and \(observation?.issuer ?? url): \(reason)\
                \(observation?.comparison.map { "; \($0)" } ?? ""). Next: run `lockstep secret diagnose` for both services, and \
                `lockstep explain` on a refused token.
                """, metadata: metadata)
        case .lagging(let url, let kid, let reason):
            metadata["url"] = "\(url)"
            metadata["their_kid"] = "\(kid)"
            metadata["reason"] = "\(reason)"
            logger.info(
                "Key \(kid) is not held here yet: \(reason); a rotation waits for \(service)", metadata: metadata)
        case .unreachable(let url, let reason):
            metadata["url"] = "\(url)"
            metadata["reason"] = "\(reason)"
            logger.warning("Key agreement: the issuer can't be asked: \(reason)", metadata: metadata)
        case .unconfirmed(let urls):
            metadata["agreement"] = "unconfirmed"
            metadata["urls"] = .array(urls.map { "\($0)" })
            logger.warning("Key agreement unconfirmed: ready without an issuer's answer", metadata: metadata)
        case .unconfigured:
            metadata["agreement"] = "unconfigured"
            logger.warning(
                "Key agreement unconfigured: PORTAL_URLS is not set, no issuer to agree with", metadata: metadata)
        }
    }
}
