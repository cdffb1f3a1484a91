import Crypto

/// A table of routes with where it came from; a snapshot, replaced whole.
package struct RoutesInForce: Sendable {
    /// What was read: a file, or what this gateway was built with.
    package struct Source: Sendable, Equatable {
        package let path: String
        /// SHA-256 of its bytes in hexadecimal, as `sha256sum` prints it.
        package let digest: String

        package init(path: String, bytes: [UInt8]) {
            self.path = path
            digest = Self.hexadecimal(SHA256.hash(data: bytes))
        }

        private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
            let digits = Array("0123456789abcdef".utf8)
            return String(
                decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
        }
    }

    package let table: RouteTable
    /// Nil: the built-in table.
    package let source: Source?
    /// Seconds since the epoch.
    package let loadedAt: Int64
    /// Grows by one with each table.
    package let version: UInt64

    /// Upstreams that the table names by their address.
    package var origins: [UpstreamName: Origin] {
        var origins: [UpstreamName: Origin] = [:]
        for route in table.routes {
            if case .upstream(.other(let origin)) = route.destination { origins[.other(origin)] = origin }
        }
        return origins
    }
}
