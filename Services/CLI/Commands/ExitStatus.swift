import Manifests

/// What the command line's exit codes mean; part of its interface (`lockstep --help` lists them).
package enum ExitStatus: Int32, Sendable, CaseIterable {
    case ok = 0
    /// The question was answered, with no: a token that is not valid, a stack that stopped by itself.
    case negative = 1
    /// The question could not be answered: what would have to be asked did not answer.
    case undetermined = 2
    case usage = 64
    case inputMissing = 66
    case unavailable = 69
    case `internal` = 70
    case configuration = 78

    /// One line each, for the help text.
    package var meaning: String {
        switch self {
        case .ok: "done, or the answer is yes"
        case .negative: "the answer is no: not valid, a service failed, check has findings, a database can't be copied"
        case .undetermined: "no answer could be found: a service can't be asked (doctor), a file not read (check)"
        case .usage: "the command was called wrongly"
        case .inputMissing: "a file that was named is missing or can't be read"
        case .unavailable: "something needed is not there: a port in use, an executable not found"
        case .internal: "a fault of this program"
        case .configuration: "the compose file, .env, a setting or a secret is not usable"
        }
    }

    static var table: String {
        allCases.map { status in
            let number = String(status.rawValue)
            return "  \(number)\(String(repeating: " ", count: 4 - number.count))\(status.meaning)"
        }.joined(separator: "\n")
    }
}

/// Why a command ended without doing what it was asked; printed on stderr, without a backtrace.
package struct CommandFailure: Error, Sendable, Equatable {
    package let status: ExitStatus
    /// What is wrong, where, and how to mend it; a line each.
    package let lines: [String]

    package init(_ status: ExitStatus, _ lines: String...) {
        self.status = status
        self.lines = lines
    }

    package init(_ status: ExitStatus, lines: [String]) {
        self.status = status
        self.lines = lines
    }

    /// Nothing to say: the answer is on stdout already.
    package static let negative = CommandFailure(.negative, lines: [])
}

extension CommandFailure {
    init(_ faults: ManifestFaults) {
        self.init(.configuration, lines: faults.faults.map(\.description))
    }
}
