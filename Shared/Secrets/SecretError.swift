/// Why a secret can't be used. The message names sources and kids and how to mend it, never a byte of a secret.
///
/// A service that meets one at start prints the message and exits 78 (EX_CONFIG).
package struct SecretError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Stable: `environment_refused`, `secret_required`, `secret_conflict`, `secret_malformed`, `secret_too_short`,
    /// `secret_placeholder`, `secret_weak`, `development_secret`, `ring_malformed`, `file_unreadable`,
    /// `aliases_malformed`, `store_malformed`, `store_unsupported`, `store_unreachable`, `secret_lost` (while running
    /// alone), `timing_malformed`.
    package let code: String
    package let message: String

    package init(code: String, message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
