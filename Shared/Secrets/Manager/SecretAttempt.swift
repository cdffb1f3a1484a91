import Logging

/// One try at loading, with what was seen on the way also where it fails.
struct SecretAttempt {
    struct Loaded {
        let detection: EnvironmentDetection
        let reader: SecretReader
        let readings: [String: SourceReading]
        let resolution: SecretResolution
        let log: SecretLog
    }

    let detection: EnvironmentDetection?
    let report: SecretReport
    let outcome: Result<Loaded, SecretError>

    static func make(
        variables: [String: String], algorithm: KeyAlgorithm, logger: Logger, stores: SecretStores, settle: Duration
    ) async -> SecretAttempt {
        var report = SecretReport()
        let detection: EnvironmentDetection
        do throws(SecretError) {
            detection = try EnvironmentDetection.detect(variables)
        } catch {
            logger.error("\(error.message)", metadata: ["code": "\(error.code)"])
            return SecretAttempt(detection: nil, report: report, outcome: .failure(error))
        }
        let log = SecretLog(logger: logger, environment: detection.environment)
        if let notice = detection.notice {
            log.warn([SecretWarning(code: "environment_assumed", message: notice)])
        }
        do throws(SecretError) {
            let bindings = variables.mapValues { SecretBinding.literal(SecretBytes(utf8: $0)) }
            let plan = try SecretPlan(variables: bindings, environment: detection.environment)
            let reader = try SecretReader(plan: plan, stores: stores)
            let readings = try await reader.settled(pause: settle)
            let resolution = try SecretResolution.resolve(
                plan, readings: readings, algorithm: algorithm, report: &report)
            log.warn(resolution.warnings)
            let loaded = Loaded(
                detection: detection, reader: reader, readings: readings, resolution: resolution, log: log)
            return SecretAttempt(detection: detection, report: report, outcome: .success(loaded))
        } catch {
            log.warn(report.warnings)
            log.failed(error)
            return SecretAttempt(detection: detection, report: report, outcome: .failure(error))
        }
    }

    var diagnosed: (SecretDiagnostics, SecretError?) {
        let notice = detection?.notice.map { [$0] } ?? []
        let (keys, winner, error): ([RingKey], String?, SecretError?) =
            switch outcome {
            case .success(let loaded): (loaded.resolution.keys, loaded.resolution.source, nil)
            case .failure(let error): ([], nil, error)
            }
        let diagnostics = SecretDiagnostics(
            environment: detection?.environment.rawValue ?? "refused",
            environmentDetectedFrom: detection?.detectedFrom ?? error?.message ?? "", sources: report.sources,
            winner: winner, ringVersion: error == nil ? 1 : 0, keys: keys.map(SecretDiagnostics.Key.init),
            warnings: notice + report.warnings.map(\.message))
        return (diagnostics, error)
    }
}
