import CoreMetrics

/// A module's own metrics: `lockstep_module_<name>`, each labelled with the module.
package struct ModuleMetrics: Sendable {
    private let module: String

    package init(module: String) { self.module = module }

    /// - Parameter name: `[a-z_]`, e.g. `harvests_total`.
    package func increment(_ name: String, by amount: Int64 = 1, _ labels: [(String, String)] = []) {
        Counter(label: "lockstep_module_\(name)", dimensions: [("module", module)] + labels).increment(by: amount)
    }

    package func record(_ name: String, _ value: Double, _ labels: [(String, String)] = []) {
        Gauge(label: "lockstep_module_\(name)", dimensions: [("module", module)] + labels).record(value)
    }

    package func time(_ name: String, nanoseconds: Int64, _ labels: [(String, String)] = []) {
        Timer(label: "lockstep_module_\(name)", dimensions: [("module", module)] + labels)
            .recordNanoseconds(nanoseconds)
    }
}
