/// How large a body may be, and what it carries beside its data.
package struct BodyLimits: Equatable, Sendable {
    /// Bytes of data, without framing. Nil: no limit.
    package var bodyBytes: Int?
    /// Bytes of all chunk extensions of one body.
    package var extensionBytes: Int
    /// Bytes of all trailer lines.
    package var trailerBytes: Int
    /// Trailer lines.
    package var trailerFields: Int

    package init(
        bodyBytes: Int? = nil, extensionBytes: Int = 4096, trailerBytes: Int = 8192, trailerFields: Int = 32
    ) {
        self.bodyBytes = bodyBytes
        self.extensionBytes = extensionBytes
        self.trailerBytes = trailerBytes
        self.trailerFields = trailerFields
    }
}
