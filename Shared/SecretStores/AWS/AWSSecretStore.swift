package import Logging
package import Secrets

/// `aws://REGION/NAME`: a secret of AWS Secrets Manager.
///
/// AWSCURRENT is the current value, AWSPENDING the next, AWSPREVIOUS the previous one. A JWK Set in AWSCURRENT is the
/// whole ring, and no other stage is read beside it. AWS attaches AWSPREVIOUS at each change, so a raw secret that was
/// replaced goes on verifying until that label is taken off.
///
/// Which version bears which label is asked once, and then versions are read by their ids, which never change their
/// value: no reading is half of before and half of after a move. Credentials that may read values and not describe the
/// secret are served by asking for each label.
package struct AWSSecretStore: SecretSource {
    let region: String
    let name: String
    let access: Access

    enum Access: Sendable {
        case calls(SecretsManagerCalls, AWSSurroundings)
        /// A setting makes any call impossible.
        case refused(reason: String)
    }

    package var label: String { StoreReference.aws(region: region, name: name).label }

    /// Asks nobody yet. What is wrong with the settings is answered by `read`.
    /// - Parameter variables: credentials as `AWSCredentialSource` lists them; `AWS_ENDPOINT_URL_SECRETS_MANAGER`,
    ///   `AWS_ENDPOINT_URL`.
    package static func open(
        region: String, name: String, variables: [String: String], client: StoreClient, logger: Logger,
        surroundings: AWSSurroundings = .system
    ) -> AWSSecretStore {
        do throws(AWSFault) {
            let service = try AWSService.open(
                "secretsmanager", target: "secretsmanager", setting: "SECRETS_MANAGER", region: region,
                variables: variables, client: client, surroundings: surroundings)
            let calls = SecretsManagerCalls(service: service, secret: name)
            return AWSSecretStore(region: region, name: name, access: .calls(calls, surroundings))
        } catch {
            return AWSSecretStore(region: region, name: name, access: .refused(reason: error.reason))
        }
    }

    package func read() async -> SourceReading {
        switch access {
        case .refused(let reason): return .denied(reason: reason)
        case .calls(let calls, _):
            do throws(AWSFault) {
                return try await AWSStoreReader(calls: calls).read().reading
            } catch {
                return Self.reading(error)
            }
        }
    }

    /// What a reader is told of a fault. Total over the kinds, so that a new one is answered here.
    static func reading(_ fault: AWSFault) -> SourceReading {
        switch fault.kind {
        case .absent: .absent(reason: "AWS has no secret of that name there")
        case .denied, .expiredCredentials: .denied(reason: fault.reason)
        case .throttled, .invalidRequest, .exists: .unavailable(reason: fault.reason)
        case .other:
            if case .noCredentials(let reason) = fault {
                .denied(reason: reason)
            } else {
                .unavailable(reason: fault.reason)
            }
        }
    }
}
