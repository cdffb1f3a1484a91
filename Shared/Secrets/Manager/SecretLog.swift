import Logging

/// The log lines of DESIGN §4: operators match them word by word.
struct SecretLog: Sendable {
    let logger: Logger
    let environment: DeploymentEnvironment

    func warn(_ warnings: some Sequence<SecretWarning>) {
        for warning in warnings {
            var metadata: Logger.Metadata = ["code": "\(warning.code)"]
            if let reason = warning.reason { metadata["reason"] = "\(reason)" }
            logger.warning("\(warning.message)", metadata: metadata)
        }
    }

    func loaded(_ ring: KeyRing) {
        logger.info(
            "JWT secret successfully loaded from \(ring.source) for \(environment.rawValue) environment",
            metadata: [
                "kid": "\(ring.current?.publishedID ?? "none")",
                "length": "\(ring.current.map(Self.length) ?? "none")",
                "algorithm": "\(ring.current?.algorithm.rawValue ?? "none")",
                "keys": "\(ring.keys.map { "\($0.publishedID) \($0.state.rawValue)" }.joined(separator: ", "))",
                "ring_version": "\(ring.version)",
            ])
    }

    private static func length(_ key: RingKey) -> String {
        key.material.publicKey.map { "\($0.bits) bits" } ?? "\(key.secret?.count ?? 0)"
    }

    /// Not a warning each: of the names that `GCP_PROJECT_ID` stands for, one is enough.
    func missed(_ misses: [(label: String, reason: String)]) {
        for miss in misses {
            logger.info("JWT secret is not in \(miss.label)", metadata: ["reason": "\(miss.reason)"])
        }
    }

    func waiting(for label: String, reason: String, seconds: Int) {
        logger.warning(
            "JWT secret store can't be asked: \(label); trying again for up to \(seconds) s",
            metadata: ["reason": "\(reason)"])
    }

    func lost(_ label: String, _ outage: SourceHealth.Outage, _ ring: KeyRing) {
        logger.warning(
            "JWT secret store can't be asked: \(label); ring version \(ring.version) stays",
            metadata: ["code": "\(outage.code)", "reason": "\(outage.reason)"])
    }

    func regained(_ label: String, after seconds: Int64) {
        logger.info("JWT secret store answers again: \(label)", metadata: ["seconds": "\(seconds)"])
    }

    func failed(_ error: SecretError) {
        let line =
            switch error.code {
            case "secret_required": "JWT secret is REQUIRED in \(environment.rawValue) environment"
            case "development_secret":
                "JWT secret validation failed: Development secret used in \(environment.rawValue)"
            default: "JWT secret validation failed: \(error.message)"
            }
        logger.error("\(line)", metadata: ["code": "\(error.code)"])
    }

    func validated() { logger.info("JWT secret synchronization validated for \(environment.rawValue)") }

    func kept(_ ring: KeyRing, because error: SecretError) {
        logger.warning(
            "JWT secret changed and was not adopted, ring version \(ring.version) stays: \(error.message)",
            metadata: ["code": "\(error.code)"])
    }

    func recovered(_ ring: KeyRing) {
        logger.info("JWT secret is again what ring version \(ring.version) holds")
    }

    func retired(_ key: RingKey) {
        logger.info("JWT key is past its retirement and verifies nothing", metadata: ["kid": "\(key.publishedID)"])
    }
}
