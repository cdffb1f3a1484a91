import HTTPKit
import NIOCore

/// What a proxy says about a connection before its first byte: the PROXY protocol of HAProxy ("The PROXY protocol,
/// versions 1 & 2", 2020/03/05), both versions.
struct ProxyHeader: Equatable {
    enum Source: Equatable {
        /// An IP address.
        case client(String)
        /// The proxy does not say, or the client has no IP address: nobody who could be trusted.
        case unknown
        /// Version 2's LOCAL: the proxy itself, asking whether somebody is there.
        case proxy
    }

    var source: Source
    /// Version 2: the client spoke TLS with the proxy.
    var isTLS = false
    /// Bytes.
    var length: Int

    /// - Parameter bytes: all that has come.
    /// - Returns: nil when more is needed.
    static func read(_ bytes: ByteBufferView) throws(ProxyHeaderFault) -> ProxyHeader? {
        guard let first = bytes.first else { return nil }
        switch first {
        case UInt8(ascii: "P"): return try ProxyHeaderText.read(bytes)
        case 0x0D: return try ProxyHeaderBinary.read(bytes)
        default: throw .noHeader
        }
    }
}

/// Why a connection is closed that should have begun with a PROXY header. The raw value is a stable code for logs.
enum ProxyHeaderFault: String, Error, Equatable {
    /// It began with something else.
    case noHeader = "no_header"
    /// Version 1 without its end within 107 bytes, version 2 longer than what is read.
    case tooLong = "too_long"
    /// Version 1: not the words that it has, one space between each.
    case badLine = "bad_line"
    case badAddress = "bad_address"
    case badPort = "bad_port"
    case badVersion = "bad_version"
    case badCommand = "bad_command"
    /// A family that the protocol does not have, or datagrams.
    case badFamily = "bad_family"
    /// Fewer bytes than its family's addresses take.
    case tooShort = "too_short"
    /// A type-length-value beyond the header's end.
    case badExtension = "bad_extension"
    case badChecksum = "bad_checksum"
    /// The connection ended in it.
    case incomplete
}

/// Version 1: one line of text.
enum ProxyHeaderText {
    /// With its CRLF.
    private static let maximum = 107
    private static let start = Array("PROXY ".utf8)

    static func read(_ bytes: ByteBufferView) throws(ProxyHeaderFault) -> ProxyHeader? {
        let line = bytes.prefix(maximum)
        for (byte, expected) in zip(line, start) where byte != expected { throw .noHeader }
        guard let lineFeed = line.firstIndex(of: 0x0A) else {
            guard line.count < maximum else { throw .tooLong }
            return nil
        }
        let end = lineFeed - 1
        guard end >= line.startIndex + start.count, line[end] == 0x0D, !line[..<end].contains(0x0D) else {
            throw .badLine
        }
        let length = lineFeed + 1 - line.startIndex
        let words = line[(line.startIndex + start.count)..<end]
            .split(separator: 0x20, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
        // What follows UNKNOWN is to be ignored.
        if words[0] == "UNKNOWN" { return ProxyHeader(source: .unknown, length: length) }
        guard words.count == 5, words[0] == "TCP4" || words[0] == "TCP6" else { throw .badLine }
        let source = try address(words[1], words[0])
        _ = try address(words[2], words[0])
        guard isPort(words[3]), isPort(words[4]) else { throw .badPort }
        return ProxyHeader(source: .client(source), length: length)
    }

    private static func address(_ text: String, _ family: String) throws(ProxyHeaderFault) -> String {
        guard let address = IPAddress(text), text.utf8.contains(UInt8(ascii: ":")) == (family == "TCP6") else {
            throw .badAddress
        }
        return address.description
    }

    /// In the one spelling that a number has.
    private static func isPort(_ text: String) -> Bool { UInt16(text).map { String($0) == text } ?? false }
}
