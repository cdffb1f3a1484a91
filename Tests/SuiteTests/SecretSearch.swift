import Foundation
import Testing

/// Finds any of thousands of secrets in megabytes of log in one pass: the last eight bytes of each are its mark (tokens
/// begin alike and end differently).
struct SecretSearch {
    private var byMark: [UInt64: [[UInt8]]] = [:]

    /// Values of fewer than eight bytes are too common to look for.
    init(_ secrets: Set<String>) {
        for secret in secrets.map({ Array($0.utf8) }) where secret.count >= 8 {
            byMark[secret.suffix(8).reduce(0) { $0 << 8 | UInt64($1) }, default: []].append(secret)
        }
    }

    func found(in log: Data) -> Set<String> {
        var found: Set<String> = []
        log.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) in
            var mark: UInt64 = 0
            for end in 0..<bytes.count {
                mark = mark << 8 | UInt64(bytes[end])
                guard let candidates = byMark[mark] else { continue }
                for secret in candidates where secret.count <= end + 1 {
                    if bytes[(end + 1 - secret.count)...end].elementsEqual(secret) {
                        found.insert(String(decoding: secret, as: UTF8.self))
                    }
                }
            }
        }
        return found
    }
}

@Test("the search for secrets in logs finds one at the start, in the middle and at the end, and no other")
func searchFindsSecrets() {
    let secrets = ["first-secret-value", "second-secret-value", "third-secret-value", "absent-secret-value"]
    let log = Data("\(secrets[0]) is {\"a\":\"\(secrets[1])\"} and \(secrets[2])".utf8)
    #expect(SecretSearch(Set(secrets)).found(in: log) == Set(secrets.dropLast()))
}
