/// A moment in whole seconds, told in UTC as RFC 3339 writes it: `2026-02-03T04:05:06Z`. In databases it is `seconds`.
package struct Timestamp: Sendable, Hashable, Comparable, Codable {
    /// Since the epoch.
    package let seconds: Int64

    package init(seconds: Int64) { self.seconds = seconds }

    /// RFC 3339 §5.6 with `Z` or an offset; fractions of a second are cut. Years 0 to 9999.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.count <= 40, let date = CivilDate(String(text.prefix(10))),
            bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: "t"), bytes[13] == UInt8(ascii: ":"),
            bytes[16] == UInt8(ascii: ":"), let hour = CivilDate.number(bytes[11..<13]), hour < 24,
            let minute = CivilDate.number(bytes[14..<16]), minute < 60,
            let second = CivilDate.number(bytes[17..<19]), second < 60
        else { return nil }
        var rest = bytes[19...]
        if rest.first == UInt8(ascii: ".") {
            let fraction = rest.dropFirst().prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
            guard !fraction.isEmpty else { return nil }
            rest = rest[fraction.endIndex...]
        }
        guard let offset = Self.offset(Array(rest)) else { return nil }
        seconds = date.daysSinceEpoch * 86_400 + hour * 3600 + minute * 60 + second - offset
    }

    package var date: CivilDate {
        CivilDate(daysSinceEpoch: CivilDate.floorDivide(seconds, by: 86_400).quotient)
    }

    package var text: String {
        let second = CivilDate.floorDivide(seconds, by: 86_400).remainder
        let parts = [second / 3600, second / 60 % 60, second % 60].map { CivilDate.padded($0, 2) }
        return "\(date.text)T\(parts.joined(separator: ":"))Z"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let moment = Timestamp(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no RFC 3339 date-time")
        }
        self = moment
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool { left.seconds < right.seconds }

    /// Seconds east of UTC; nil for what is no offset.
    private static func offset(_ text: [UInt8]) -> Int64? {
        if text == [UInt8(ascii: "Z")] || text == [UInt8(ascii: "z")] { return 0 }
        guard text.count == 6, text[3] == UInt8(ascii: ":"),
            text[0] == UInt8(ascii: "+") || text[0] == UInt8(ascii: "-"),
            let hours = CivilDate.number(text[1..<3]), hours < 24, let minutes = CivilDate.number(text[4..<6]),
            minutes < 60
        else { return nil }
        return (hours * 3600 + minutes * 60) * (text[0] == UInt8(ascii: "-") ? -1 : 1)
    }
}
