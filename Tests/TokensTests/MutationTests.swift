import Secrets
import Testing
import Tokens

/// SplitMix64: small, seeded, the same everywhere.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

@Suite("Mutations")
struct MutationTests {
    /// One change of a random kind to a token's bytes.
    static func mutate(_ bytes: [UInt8], with generator: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.+/= \n".utf8)
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            guard !bytes.isEmpty else { return bytes }
            let index = Int.random(in: 0..<bytes.count, using: &generator)
            let letter = alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
            switch Int.random(in: 0..<8, using: &generator) {
            case 0: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 1: bytes[index] = letter
            case 2: bytes.insert(letter, at: index)
            case 3: bytes.remove(at: index)
            case 4: bytes.append(letter)
            case 5: bytes.removeSubrange(index...)
            case 6: bytes.insert(contentsOf: bytes[index...].prefix(8), at: index)
            default: bytes.swapAt(index, Int.random(in: 0..<bytes.count, using: &generator))
            }
        }
        return bytes
    }

    @Test("of 20,000 mutations of valid tokens none verifies but those that changed nothing")
    func tokens() throws {
        var generator = SeededGenerator(state: 20_261_121)
        let ring = Keys.ring(Keys.current, Keys.key(2, .hs384, id: "b", state: .previous))
        let verifier = TokenVerifier(ring: ring, policy: VerificationPolicy())
        let originals = [
            Mint.token(), Mint.token(header: Mint.header(typ: "JWT", kid: nil)),
            Mint.token(header: Mint.header(alg: "HS384", kid: "b"), by: Keys.key(2, .hs384)),
            Mint.token(header: Mint.header() + "  ", payload: Payload().text + " "),
        ].map { Array($0.utf8) }
        var unchanged = 0
        for round in 0..<20_000 {
            let original = originals[round % originals.count]
            let mutated = Self.mutate(original, with: &generator)
            let passes = mutated.withUnsafeBytes { (try? verifier.verified(utf8: $0, now: now)) != nil }
            if mutated == original { unchanged += 1 }
            if passes != (mutated == original) {
                Issue.record("round \(round): \(String(decoding: mutated, as: UTF8.self))")
                return
            }
        }
        #expect(unchanged < 1_000)
    }

    @Test("10,000 mutations of signed JSON are read or refused, never misread: what is accepted says what it said")
    func payloads() throws {
        var generator = SeededGenerator(state: 7)
        let verifier = TokenVerifier(ring: Keys.ring, policy: VerificationPolicy())
        let payload = Array(Payload().with("x", #"{"a":[1,2.5e3,true,null,"\u00e9\ud83d\ude42"]}"#).text.utf8)
        let header = Mint.encode(Mint.header())
        var accepted = 0
        for _ in 0..<10_000 {
            let mutated = Self.mutate(payload, with: &generator)
            let token = Mint.signed(header, Mint.encode(mutated), by: Keys.current)
            guard let identity = try? verifier.verify(token, now: now) else { continue }
            accepted += 1
            // Where the mutation went unnoticed by the rules, the identity is still of plain text and known roles.
            #expect(identity.issuer == "lockstep-platform")
            #expect(!identity.roles.isEmpty)
            #expect(identity.expiresAt - identity.issuedAt <= 86_400)
        }
        #expect(accepted > 0)
        #expect(accepted < 10_000)
    }
}
