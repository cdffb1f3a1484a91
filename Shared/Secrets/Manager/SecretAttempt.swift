import Logging

/// One try at loading, with what was seen on the way also where it fails.
struct SecretAttempt {
    struct Loaded {
        let detection: EnvironmentDetection
        let reader: SecretReader
        let readings: [String: SourceReading]
        let resolution: SecretResolution
        let log: SecretLog
        let stores: StoreTiming
    }

    /// What a load is given.
    struct Request {
        let variables: [String: String]
        let algorithm: KeyAlgorithm
        let logger: Logger
        let stores: SecretStores
        let timing: SecretTiming
        /// Whether a store that is down is waited for.
        let waits: Bool
    }

    let detection: EnvironmentDetection?
    let report: SecretReport
    let outcome: Result<Loaded, SecretError>

    static func make(_ request: Request) async -> SecretAttempt {
        var report = SecretReport()
        let detection: EnvironmentDetection
        do throws(SecretError) {
            detection = try EnvironmentDetection.detect(request.variables)
        } catch {
            request.logger.error("\(error.message)", metadata: ["code": "\(error.code)"])
            return SecretAttempt(detection: nil, report: report, outcome: .failure(error))
        }
        let log = SecretLog(logger: request.logger, environment: detection.environment)
        if let notice = detection.notice {
            log.warn([SecretWarning(code: "environment_assumed", message: notice)])
        }
        do throws(SecretError) {
            let bindings = request.variables.mapValues { SecretBinding.literal(SecretBytes(utf8: $0)) }
            let plan = try SecretPlan(variables: bindings, environment: detection.environment)
            let stores = try StoreTiming(variables: request.variables)
            let reader = try SecretReader(plan: plan, stores: request.stores)
            let readings = try await readings(reader, request, wait: request.waits ? stores.wait : 0, log)
            let resolution: SecretResolution
            do throws(SecretError) {
                resolution = try SecretResolution.resolve(
                    plan, readings: readings, algorithm: request.algorithm, report: &report)
            } catch {
                log.missed(report.misses)
                throw error
            }
            log.missed(report.misses)
            log.warn(resolution.warnings)
            let loaded = Loaded(
                detection: detection, reader: reader, readings: readings, resolution: resolution, log: log,
                stores: stores)
            return SecretAttempt(detection: detection, report: report, outcome: .success(loaded))
        } catch {
            log.warn(report.warnings)
            log.failed(error)
            return SecretAttempt(detection: detection, report: report, outcome: .failure(error))
        }
    }

    /// Files settle first; then stores are asked, and asked again while one is down and nothing else could serve.
    private static func readings(
        _ reader: SecretReader, _ request: Request, wait: Int, _ log: SecretLog
    ) async throws(SecretError) -> [String: SourceReading] {
        var readings = try await reader.settled(request.timing)
        guard reader.plan.candidates.contains(where: { $0.kind == .store }) else { return readings }
        let deadline = request.timing.elapsed() + .seconds(wait)
        var backoff = StoreBackoff()
        var isAnnounced = false
        while true {
            readings.merge(await reader.read([.store], known: readings)) { $1 }
            guard let (label, reason) = reader.undecided(readings) else { return readings }
            let pause = backoff.pause(chance: request.timing.chance())
            guard request.timing.elapsed() + pause <= deadline else { return readings }
            if !isAnnounced { log.waiting(for: label, reason: reason, seconds: wait) }
            isAnnounced = true
            // Cancelled: what was read is what there is.
            guard (try? await request.timing.pause(pause)) != nil else { return readings }
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
