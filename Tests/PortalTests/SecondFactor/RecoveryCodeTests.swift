import Crypto
import Testing

@testable import Portal

@Suite struct RecoveryCodeTests {
    private let key = SymmetricKey(data: Array(repeating: 7, count: 32))

    @Test("what is written down is read again, however it is typed")
    func typed() throws {
        let code = RecoveryCode(entropy: Entropy { count in (0..<count).map { UInt8($0 * 25) } })
        #expect(code.text.count == 19)
        let typings = [
            code.text, code.text.lowercased(), code.text.replacing("-", with: ""),
            " " + code.text.replacing("-", with: " ") + " ", code.text.replacing("0", with: "O"),
            code.text.replacing("1", with: "l"),
        ]
        for typed in typings { #expect(RecoveryCode(typed: typed) == code) }
    }

    @Test(
        "what can't be one is none",
        arguments: [
            "", "ABCD", "ABCD-EFGH-JKMN-PQR", "ABCD-EFGH-JKMN-PQRST", "UUUU-UUUU-UUUU-UUUU", "ÄBCD-EFGH-JKMN-PQRS",
        ]
    )
    func nothing(_ text: String) {
        #expect(RecoveryCode(typed: text) == nil)
    }

    @Test("a long text is not even looked at")
    func long() {
        #expect(RecoveryCode(typed: String(repeating: " ", count: 101)) == nil)
        #expect(RecoveryCode(typed: "ABCD-EFGH-JKMN-PQRS" + String(repeating: " ", count: 81)) != nil)
    }

    @Test("its hash is of one account and one key, and it is in no description")
    func hashes() {
        let code = RecoveryCode(entropy: .system)
        let hash = code.hash(of: "u-1", key: key)
        #expect(hash == code.hash(of: "u-1", key: key))
        #expect(hash != code.hash(of: "u-2", key: key))
        #expect(hash != code.hash(of: "u-1", key: SymmetricKey(data: Array(repeating: 8, count: 32))))
        #expect(!"\(code) \(String(reflecting: code))".contains(code.text))
    }

    @Test("ten of a set differ")
    func differ() {
        let codes = (0..<RecoveryCode.count).map { _ in RecoveryCode(entropy: .system).text }
        #expect(Set(codes).count == codes.count)
    }
}
