import Dispatch

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The addresses behind a name. `getaddrinfo` blocks, and so would libpq: this runs on a queue that may.
enum HostResolver {
    /// More are not tried.
    private static let limit = 8

    static func resolve(
        _ host: String, then: @escaping @Sendable (Result<[String], StorageError>) -> Void
    ) {
        DispatchQueue.global().async { then(lookUp(host)) }
    }

    /// Blocks.
    static func lookUp(_ host: String) -> Result<[String], StorageError> {
        var hints = addrinfo()
        #if canImport(Glibc)
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
        hints.ai_socktype = SOCK_STREAM
        #endif
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, nil, &hints, &list)
        guard code == 0 else {
            return .failure(.unavailable("\(host) is not found: \(String(cString: gai_strerror(code)))"))
        }
        defer { freeaddrinfo(list) }
        var addresses: [String] = []
        var entry = list
        while let info = entry?.pointee, addresses.count < limit {
            var name = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            if getnameinfo(
                info.ai_addr, info.ai_addrlen, &name, socklen_t(name.count), nil, 0, NI_NUMERICHOST) == 0
            {
                addresses.append(String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
            }
            entry = info.ai_next
        }
        return addresses.isEmpty ? .failure(.unavailable("\(host) has no address")) : .success(addresses)
    }
}
