import HTTP1
import NIOCore
import Testing

@testable import Gateway

/// Heads as they come from the wire, parsed as the gateway parses them.
enum Received {
    static func request(_ lines: [String] = [], start: String = "GET /api/x HTTP/1.1") throws -> ReceivedRequest {
        let host = start.hasSuffix("1.0") || lines.contains { $0.lowercased().hasPrefix("host:") } ? [] : ["Host: g"]
        var reader = RequestReader(limits: HeadLimits())
        reader.receive(head([start] + host + lines))
        return try #require(try reader.head())
    }

    static func response(
        _ lines: [String], start: String = "HTTP/1.1 200 OK", toHEAD: Bool = false
    ) throws -> ReceivedResponse {
        var reader = ResponseReader(limits: HeadLimits())
        reader.expect(isToHEAD: toHEAD, output: .data)
        reader.receive(head([start] + lines))
        guard case .head(let response)? = try reader.next() else { throw NoHead() }
        return response
    }

    struct NoHead: Error {}

    private static func head(_ lines: [String]) -> ByteBuffer {
        ByteBuffer(string: lines.map { $0 + "\r\n" }.joined() + "\r\n")
    }
}

/// Field lines that were written, by name in lower case.
struct WrittenLines {
    let lines: [String]

    init(_ write: (inout HeadBuffer) throws -> Void) rethrows {
        var buffer = HeadBuffer()
        try write(&buffer)
        lines = String(decoding: buffer.bytes, as: UTF8.self).components(separatedBy: "\r\n").filter { !$0.isEmpty }
    }

    var names: [String] { lines.compactMap(Self.split).map(\.name) }

    subscript(_ name: String) -> [String] { lines.compactMap(Self.split).filter { $0.name == name }.map(\.value) }

    private static func split(_ line: String) -> (name: String, value: String)? {
        guard let colon = line.firstIndex(of: ":") else { return nil }
        return (line[..<colon].lowercased(), String(line[line.index(colon, offsetBy: 2)...]))
    }
}

extension String {
    fileprivate func components(separatedBy separator: String) -> [String] {
        // "\r\n" is one character.
        split(separator: Character(separator), omittingEmptySubsequences: false).map(String.init)
    }
}
