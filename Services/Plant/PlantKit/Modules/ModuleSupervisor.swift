import CoreMetrics
package import Logging
import ServiceLifecycle

/// Runs modules' background work, hears their health, and stops them: one of the plant's services.
package struct ModuleSupervisor: Service {
    private let records: [ModuleRecord]
    private let interval: Duration
    private let logger: Logger

    /// For one answer of `health()`, and for `stop()`.
    private static let patience = Duration.seconds(5)
    private static let longestPause = Duration.seconds(60)

    package init(host: ModuleHost, interval: Duration = .seconds(15), logger: Logger) {
        records = host.records
        self.interval = interval
        self.logger = logger
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup { group in
                for record in records {
                    guard let module = record.module else { continue }
                    group.addTask { await watch(record, module) }
                    for work in module.work() {
                        group.addTask(executorPreference: record.door.threads) { await keepUp(work, of: record) }
                    }
                }
                // A service that ended by itself would stop the others.
                group.addTask { try? await Task.sleep(for: .seconds(365 * 86_400)) }
            }
        }
        for record in records {
            guard let module = record.module else { continue }
            try? await record.door.call(within: Self.patience) { await module.stop() }
        }
    }

    /// What throws is started again, later each time.
    private func keepUp(_ work: ModuleWork, of record: ModuleRecord) async {
        var pause = Duration.seconds(1)
        while !Task.isCancelled {
            let start = ContinuousClock.now
            do {
                try await work.run()
                return
            } catch is CancellationError {
                return
            } catch {
                if ContinuousClock.now - start > Self.longestPause { pause = .seconds(1) }
                let name = record.manifest.moduleName
                Counter(
                    label: "lockstep_plant_module_work_failures_total",
                    dimensions: [("module", name), ("work", work.name)]
                ).increment()
                logger.error(
                    "A module's background work failed; it is started again",
                    metadata: [
                        "module": "\(name)", "work": "\(work.name)", "reason": "\(error)",
                        "in_seconds": "\(pause.components.seconds)",
                    ])
                try? await Task.sleep(for: pause)
                pause = min(pause * 2, Self.longestPause)
            }
        }
    }

    private func watch(_ record: ModuleRecord, _ module: any PlantModule) async {
        let up = Gauge(label: "lockstep_plant_module_up", dimensions: [("module", record.manifest.moduleName)])
        while !Task.isCancelled {
            let health: ModuleHealth
            do {
                health = try await record.door.call(within: Self.patience) { await module.health() }
            } catch {
                health = .down("its health was asked and did not come")
            }
            let before = record.health
            record.hear(health)
            up.record(record.health == .ok ? 1 : 0)
            if before != record.health {
                logger.notice(
                    "A module's health changed",
                    metadata: ["module": "\(record.manifest.moduleName)", "health": "\(record.health)"])
            }
            try? await Task.sleep(for: interval)
        }
    }
}
