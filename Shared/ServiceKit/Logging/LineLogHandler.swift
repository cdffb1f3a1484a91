import Logging

/// Writes one line per event: JSON for machines, text for a person at a terminal.
struct LineLogHandler: LogHandler {
    /// What stays the same for the whole process.
    struct Sink: Sendable {
        var style: LogLineStyle
        var service: String
        var instance: String
        var output: LogOutput
        var clock: @Sendable () -> LogTimestamp = { .now }
    }

    let sink: Sink
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var merged = metadata
        if let provided = metadataProvider?.get() { merged.merge(provided) { _, new in new } }
        if let own = event.metadata { merged.merge(own) { _, new in new } }
        if let error = event.error { merged["error"] = "\(error)" }
        let line = LogLine(
            time: sink.clock(), level: event.level, service: sink.service, instance: sink.instance,
            message: Redaction.scrubbed(event.message.description), fields: LogFields(merged))
        sink.output.write(line.bytes(sink.style))
    }
}
