/// Where statements run, beside the editor.
struct ConnectionPart: Sendable {
    struct Fact: Sendable {
        let name: PageText
        let value: PageText
    }

    let facts: [Fact]
    let isReady: Bool
    let isReadOnly: Bool
    /// Why no statement can run, and how to mend it.
    let faults: [PageText]
    let protected: [PageText]
    let protectedCount: PageText

    init(_ document: ConnectionDocument, _ texts: Texts) {
        func line(_ text: String) -> String { BoundedText.line(text, maximumBytes: 1024) }
        let host = document.host.map { host in document.port.map { "\(host):\($0)" } ?? host }
        let version = document.serverVersion.map { "\(document.kind) \($0)" }
        facts = [
            ("kind", version ?? document.kind), ("file", document.file), ("host", host),
            ("database", document.database), ("user", document.role ?? document.user), ("tls", document.tls),
            ("max_rows", String(document.limits.maximumRows)),
            ("time", texts.counted("sql.seconds", document.limits.timeoutMilliseconds / 1000)),
        ].compactMap { name, value in
            value.map { Fact(name: PageText(texts["sql.connection_\(name)"]), value: PageText(line($0))) }
        }
        isReady = document.isReady
        isReadOnly = document.isReady && !document.isWritable
        faults = document.faults.prefix(20).map { PageText(line($0)) }
        protected = document.protectedTables.prefix(200).map { PageText(line($0)) }
        protectedCount = PageText(texts.counted("sql.protected", document.protectedTables.count))
    }
}
