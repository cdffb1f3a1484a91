/// The layout for services that read raw secrets: `NAME`, `NAME_NEXT` and `NAME_PREVIOUS`, three places that a store
/// writes one after the other.
///
/// A reader may look between any two of those writes. The order keeps the one thing that must not break: whoever reads
/// holds the key that signed until now and the one that signs from now on, as far as both are in what is written.
package enum NamesLayout {
    package enum Slot: Sendable, Hashable, CaseIterable { case current, next, previous }

    /// One write; nil empties the slot.
    package struct Step: Sendable, Hashable {
        package let slot: Slot
        package let value: SecretBytes?
    }

    /// The writes that lead from one to the other, in their order; none where nothing differs.
    ///
    /// 1. What is new beside the current value is written, except over the only copy of the key that will sign.
    /// 2. The current value is written.
    /// 3. What remains is written or emptied.
    ///
    /// Where the two keys change places (a promotion that is taken back), the key that stops signing is kept in the
    /// third slot meanwhile; a key that lay there is missing for the moment between two writes.
    package static func steps(from old: StoredSecret?, to new: StoredSecret) -> [Step] {
        var held: [Slot: SecretBytes] = [:]
        for slot in Slot.allCases { held[slot] = old?[slot] }
        var steps: [Step] = []
        func write(_ slot: Slot, _ value: SecretBytes?) {
            guard held[slot] != value else { return }
            held[slot] = value
            steps.append(Step(slot: slot, value: value))
        }
        if held[.current] != new.current {
            let pairs = [(slot: Slot.next, other: Slot.previous), (slot: .previous, other: .next)]
            func holdsSigner(_ pair: (slot: Slot, other: Slot)) -> Bool {
                held[pair.slot] == new.current && held[pair.other] != new.current
            }
            // Twice: what one pass writes may free the other slot.
            for pair in pairs + pairs where !holdsSigner(pair) {
                if let value = new[pair.slot] { write(pair.slot, value) }
            }
            for pair in pairs where holdsSigner(pair) && new[pair.slot] == old?.current {
                if held[pair.other] != old?.current { write(pair.other, old?.current) }
            }
            write(.current, new.current)
        }
        // First where the key that no longer signs comes to lie, since the other slot may keep it meanwhile; and filled
        // before emptied, since what is emptied may hold what the other takes over.
        let order: [Slot] = new.previous == old?.current ? [.previous, .next] : [.next, .previous]
        for slot in order where new[slot] != nil { write(slot, new[slot]) }
        for slot in order { write(slot, new[slot]) }
        return steps
    }
}

extension StoredSecret {
    package subscript(slot: NamesLayout.Slot) -> SecretBytes? {
        switch slot {
        case .current: current
        case .next: next
        case .previous: previous
        }
    }
}

extension SecretBytes {
    /// Whether this is a JWK Set, or means to be one: a ring in itself, beside which no other key may stand.
    package var beginsLikeRing: Bool { SecretValue.isRing(self) }

    /// Whether nothing is left of it without its line end.
    package var isBlank: Bool { SecretValue.trimmed(self).isEmpty }
}
