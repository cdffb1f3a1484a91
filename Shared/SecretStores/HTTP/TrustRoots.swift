package import NIOSSL

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The authorities that a server's certificate must lead to, in place of the system's.
package struct TrustRoots: Sendable {
    package let configuration: TLSConfiguration

    /// - Parameter path: a file with one or more certificates in PEM, read now: platforms replace such files.
    /// - Throws: with a reason that does not repeat what the file holds.
    package init(path: String) throws(StoreFault) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw StoreFault(
                reason: errno == EACCES ? "\(path): this process may not read it" : "\(path): there is no such file")
        }
        // A pipe in its place would hold up whoever reads it.
        guard status.st_mode & S_IFMT == S_IFREG else { throw StoreFault(reason: "\(path): it is no regular file") }
        guard access(path, R_OK) == 0 else { throw StoreFault(reason: "\(path): this process may not read it") }
        guard let certificates = try? NIOSSLCertificate.fromPEMFile(path), !certificates.isEmpty else {
            throw StoreFault(reason: "\(path): it holds no certificate in PEM")
        }
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates(certificates)
        self.configuration = configuration
    }
}
