/// What to do with the next readable bytes of a body: pass over `skip` of them, then send `keep` of them on.
package struct BodyRun: Equatable, Sendable {
    package var skip = 0
    package var keep = 0
    /// The body ends behind these bytes.
    package var isEnd = false
}
