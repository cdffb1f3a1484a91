/// Moduli of a faulty key generator (CVE-2017-15361, "ROCA"), from which the private key can be computed.
///
/// Its primes are powers of 65537 modulo the product of the first primes; so is their product, which shows in the modulus
/// alone (Nemec et al., "The Return of Coppersmith's Attack", CCS 2017, §3.1). A modulus from elsewhere looks like it
/// once in some hundred million times.
enum ROCAFingerprint {
    private static let residues: [(prime: Int, powers: Set<Int>)] = (3...167).filter(isPrime).map { prime in
        var powers: Set<Int> = [1]
        var power = 65_537 % prime
        while powers.insert(power).inserted { power = power * 65_537 % prime }
        return (prime, powers)
    }

    /// - Parameter modulus: big-endian.
    static func matches(_ modulus: [UInt8]) -> Bool {
        residues.allSatisfy { prime, powers in
            powers.contains(modulus.reduce(0) { ($0 << 8 | Int($1)) % prime })
        }
    }

    private static func isPrime(_ number: Int) -> Bool { !(2..<number).contains { number.isMultiple(of: $0) } }
}
