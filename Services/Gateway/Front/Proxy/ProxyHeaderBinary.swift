import HTTPKit
import NIOCore

/// Version 2 of the PROXY protocol: signature, version and command, family and transport, length; then addresses, then
/// extensions (type-length-value).
enum ProxyHeaderBinary {
    static let signature: [UInt8] = [
        0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A,
    ]
    private static let fixedLength = 16
    /// Bytes behind the fixed part. Addresses take 216 at most; extensions with a client's certificate do not fit, and are
    /// not asked for.
    private static let maximum = 4096

    private enum Extension {
        static let checksum: UInt8 = 0x03
        static let tls: UInt8 = 0x20
        /// First bit of the TLS extension's first byte: the client came by TLS.
        static let cameByTLS: UInt8 = 0x01
    }

    static func read(_ view: ByteBufferView) throws(ProxyHeaderFault) -> ProxyHeader? {
        for (byte, expected) in zip(view, signature) where byte != expected { throw .noHeader }
        guard view.count >= fixedLength else { return nil }
        let fixed = Array(view.prefix(fixedLength))
        guard fixed[12] >> 4 == 2 else { throw .badVersion }
        guard fixed[12] & 0x0F <= 1 else { throw .badCommand }
        let isLocal = fixed[12] & 0x0F == 0
        let count = Int(fixed[14]) << 8 | Int(fixed[15])
        guard count <= maximum else { throw .tooLong }
        // All of them stream or unspecified: datagrams don't come by this socket.
        guard fixed[13] >> 4 <= 3, fixed[13] & 0x0F <= 1 else { throw .badFamily }
        guard view.count >= fixedLength + count else { return nil }
        let whole = Array(view.prefix(fixedLength + count))
        let (source, addresses) = try source(family: fixed[13] >> 4, whole[fixedLength...])
        let isTLS = try readExtensions(from: fixedLength + addresses, in: whole)
        return ProxyHeader(
            source: isLocal ? .proxy : source, isTLS: isTLS && !isLocal, length: fixedLength + count)
    }

    /// - Returns: the client, and how many bytes the addresses take.
    private static func source(
        family: UInt8, _ bytes: ArraySlice<UInt8>
    ) throws(ProxyHeaderFault) -> (ProxyHeader.Source, Int) {
        let length =
            switch family {
            case 1: 12
            case 2: 36
            case 3: 216
            default: 0
            }
        guard bytes.count >= length else { throw .tooShort }
        switch family {
        case 1: return (.client(address(bytes.prefix(4))), length)
        case 2: return (.client(address(bytes.prefix(16))), length)
        default: return (.unknown, length)
        }
    }

    private static func address(_ bytes: ArraySlice<UInt8>) -> String {
        let text =
            bytes.count == 4
            ? bytes.map { String($0) }.joined(separator: ".")
            : stride(from: bytes.startIndex, to: bytes.endIndex, by: 2)
                .map { String(Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]), radix: 16) }.joined(separator: ":")
        // In the one spelling that logs and limits know it by.
        return IPAddress(text)?.description ?? text
    }

    /// - Returns: whether the client came by TLS.
    private static func readExtensions(from start: Int, in whole: [UInt8]) throws(ProxyHeaderFault) -> Bool {
        var isTLS = false
        var position = start
        while position < whole.count {
            guard position + 3 <= whole.count else { throw .badExtension }
            let value = position + 3
            let end = value + (Int(whole[position + 1]) << 8 | Int(whole[position + 2]))
            guard end <= whole.count else { throw .badExtension }
            switch whole[position] {
            case Extension.checksum:
                guard end - value == 4 else { throw .badExtension }
                try check(value..<end, in: whole)
            case Extension.tls:
                guard end - value >= 5 else { throw .badExtension }
                isTLS = whole[value] & Extension.cameByTLS != 0
            default: break
            }
            position = end
        }
        return isTLS
    }

    /// CRC-32C of the whole header with zeros in the checksum's place.
    private static func check(_ place: Range<Int>, in whole: [UInt8]) throws(ProxyHeaderFault) {
        let stated = whole[place].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        var sum = UInt32.max
        for (index, byte) in whole.enumerated() {
            sum ^= place.contains(index) ? 0 : UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 0 ? sum >> 1 : sum >> 1 ^ 0x82F6_3B78 }
        }
        guard ~sum == stated else { throw .badChecksum }
    }
}
