/// Reads server-sent events (WHATWG HTML §9.2) from pieces as they come, as much of them as is needed here: names and data.
struct EventStreamReader: Sendable {
    enum Item: Sendable, Equatable {
        case event(name: String, data: String)
        /// A comment: the connection is alive.
        case comment
    }

    /// One line, or the data of one event, is too long to be ours.
    struct TooLong: Error {}

    static let maximumBytes = 64 * 1024

    private var line: [UInt8] = []
    private var name = ""
    private var data = ""
    private var endedByReturn = false

    mutating func take(_ bytes: some Sequence<UInt8>) throws(TooLong) -> [Item] {
        var items: [Item] = []
        for byte in bytes {
            // CR, LF and CRLF all end a line.
            let isSecondHalf = endedByReturn && byte == 0x0A
            endedByReturn = byte == 0x0D
            if isSecondHalf { continue }
            guard byte == 0x0A || byte == 0x0D else {
                guard line.count < Self.maximumBytes else { throw TooLong() }
                line.append(byte)
                continue
            }
            if let item = try endLine() { items.append(item) }
        }
        return items
    }

    private mutating func endLine() throws(TooLong) -> Item? {
        let text = String(decoding: line, as: UTF8.self)
        line.removeAll(keepingCapacity: true)
        if text.isEmpty {
            defer { (name, data) = ("", "") }
            return data.isEmpty ? nil : .event(name: name, data: data)
        }
        if text.hasPrefix(":") { return .comment }
        let field = text.prefix { $0 != ":" }
        var value = text.dropFirst(field.count + 1)
        if value.first == " " { value = value.dropFirst() }
        switch field {
        case "event": name = String(value)
        case "data":
            guard data.utf8.count + value.utf8.count <= Self.maximumBytes else { throw TooLong() }
            data += data.isEmpty ? String(value) : "\n" + value
        default: break
        }
        return nil
    }
}
