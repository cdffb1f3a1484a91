/// Names in a text that stand where a host stands: behind `//` or `@`, or before `:` and a port.
enum ComposeHosts {
    static func found(in text: String) -> [String] {
        let bytes = Array(text.utf8)
        var names: [String] = []
        var index = 0
        while index < bytes.count {
            let start = index
            while index < bytes.count, isPart(bytes[index]) { index += 1 }
            if index > start, isHost(bytes, start, index) {
                names.append(String(decoding: bytes[start..<index], as: UTF8.self))
            }
            index += 1
        }
        return names
    }

    private static func isHost(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Bool {
        let followsAuthority =
            start > 0
            && (bytes[start - 1] == UInt8(ascii: "@")
                || (start > 1 && bytes[start - 1] == UInt8(ascii: "/") && bytes[start - 2] == UInt8(ascii: "/")))
        let hasPort =
            end + 1 < bytes.count && bytes[end] == UInt8(ascii: ":")
            && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[end + 1])
        return followsAuthority || hasPort
    }

    private static func isPart(_ byte: UInt8) -> Bool {
        ShellName.isPart(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }
}
