/// Which verdicts a revocation concerns, without a look at all of them: `logout-all` may end a thousand sessions at once.
struct HolderIndex {
    private var digests: [RevokedHolder: Set<TokenDigest>] = [:]

    var isEmpty: Bool { digests.isEmpty }

    mutating func add(_ digest: TokenDigest, of holders: [RevokedHolder]) {
        for holder in holders { digests[holder, default: []].insert(digest) }
    }

    mutating func remove(_ digest: TokenDigest, of holders: [RevokedHolder]) {
        for holder in holders {
            digests[holder]?.remove(digest)
            if digests[holder]?.isEmpty ?? false { digests.removeValue(forKey: holder) }
        }
    }

    func of(_ holder: RevokedHolder) -> Set<TokenDigest> { digests[holder] ?? [] }
}
