/// sysexits.h, as far as the suite uses it.
package enum ExitCode {
    package static let success: Int32 = 0
    package static let failure: Int32 = 1
    /// EX_USAGE: a wrong command line.
    package static let usage: Int32 = 64
    /// EX_CONFIG: settings or secrets that this process must not start with.
    package static let configuration: Int32 = 78
}
