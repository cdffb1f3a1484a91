/// One thing that is wrong with one variable, and how to mend it. Holds no secret: faults are printed.
package struct SettingsFault: Error, Sendable, Equatable {
    package let variable: String
    package let problem: String
    package let mend: String
    package init(variable: String, problem: String, mend: String) {
        self.variable = variable
        self.problem = problem
        self.mend = mend
    }
}

/// All faults at once; exit code 78 (EX_CONFIG).
package struct SettingsError: Error, Sendable, CustomStringConvertible {
    package let faults: [SettingsFault]
    package init(faults: [SettingsFault]) { self.faults = faults }

    /// One line per fault.
    package var description: String {
        faults.map { "\($0.variable): \($0.problem) \($0.mend)" }.joined(separator: "\n")
    }
}
