import Secrets

/// What a failed start prints on fd 2, and with which code it exits.
package struct FailureReport: Sendable, Equatable {
    package let text: String
    package let exitCode: Int32

    package init(_ error: any Error, service: String) {
        switch error {
        case let error as SettingsError:
            let count = error.faults.count
            let head = "\(service): does not start: \(count) \(count == 1 ? "setting is" : "settings are") wrong"
            let lines = error.faults.map { "  \($0.variable): \($0.problem) \($0.mend)" }
            text = ([head] + lines).map(Self.oneLine).joined(separator: "\n")
            exitCode = ExitCode.configuration
        case let error as SecretError:
            text = Self.oneLine("\(service): does not start: \(error.message) [\(error.code)]")
            exitCode = ExitCode.configuration
        case let fault as CommandFault:
            text = fault.lines.map { Self.oneLine("\(service): \($0)") }.joined(separator: "\n")
            exitCode = fault.exitCode
        default:
            text = Self.oneLine("\(service): stopped: \(error)")
            exitCode = ExitCode.failure
        }
    }

    private static func oneLine(_ text: String) -> String {
        var bytes: [UInt8] = []
        LogText.appendEscaped(Redaction.scrubbed(text), quotes: false, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
