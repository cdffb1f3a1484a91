import Secrets

/// What stores that keep text can hold.
enum TextSecret {
    /// - Throws: `unfit`, saying which rule the secret breaks.
    static func check(_ secret: StoredSecret, maximumBytes: Int) throws(StoreWriteError) {
        let values = NamesLayout.Slot.allCases.compactMap { secret[$0] }
        guard values.allSatisfy({ !$0.isBlank }) else { throw .unfit(reason: "an empty value is no secret") }
        guard values.allSatisfy({ $0.count <= maximumBytes }) else {
            throw .unfit(reason: "a value has more than \(maximumBytes) bytes")
        }
        guard values.allSatisfy(isText) else { throw .unfit(reason: "the store holds text, and this is no UTF-8") }
        guard values.count == 1 || !values.contains(where: \.beginsLikeRing) else {
            throw .unfit(reason: "a ring holds its next and previous keys itself")
        }
    }

    private static func isText(_ value: SecretBytes) -> Bool {
        value.withUnsafeBytes { String(validating: $0, as: UTF8.self) != nil }
    }
}
