/// The one value that everyone in development and test falls back to when nobody sets a secret.
///
/// It is public, and the same in every service: a fallback of its own per service is how services drift apart. Its kid
/// begins with `dev-`, and staging and production refuse it, also where somebody sets it as a variable on purpose.
package enum DevelopmentFallback {
    /// Long enough for each algorithm of `KeyAlgorithm`.
    package static let secret = SecretBytes(
        utf8: "lockstep development fallback: public, the same for everyone, refused in staging and production")

    /// How log lines name it.
    package static let label = "the development fallback"
}
