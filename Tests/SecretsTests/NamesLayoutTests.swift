import Secrets
import Testing

@Suite("The layout of names: NAME, NAME_NEXT, NAME_PREVIOUS")
struct NamesLayoutTests {
    private static func stored(_ current: String, _ next: String? = nil, _ previous: String? = nil) -> StoredSecret {
        StoredSecret(
            current: SecretBytes(utf8: current), next: next.map(SecretBytes.init(utf8:)),
            previous: previous.map(SecretBytes.init(utf8:)))
    }

    /// Every state of three slots over these keys.
    private static let states: [StoredSecret] = ["A", "B", "C"].flatMap { current in
        [nil, "A", "B", "C"].flatMap { next in
            [nil, "A", "B", "C"].map { previous in stored(current, next, previous) }
        }
    }

    /// What a reader finds after each write.
    private func states(from old: StoredSecret, to new: StoredSecret) -> [StoredSecret] {
        var state = old
        return NamesLayout.steps(from: old, to: new).map { step in
            switch step.slot {
            case .current: state.current = step.value ?? SecretBytes([])
            case .next: state.next = step.value
            case .previous: state.previous = step.value
            }
            return state
        }
    }

    @Test("each change ends where it shall, and on its way no reader lacks a key that signs")
    func everyChange() {
        var changes = 0
        for old in Self.states {
            for new in Self.states {
                changes += 1
                let path = states(from: old, to: new)
                #expect((path.last ?? old) == new)
                #expect(path.count <= 5)
                for state in path {
                    let held = [state.current, state.next, state.previous]
                    let oldSigner = old.current
                    let isKept = [new.current, new.next, new.previous].contains(oldSigner)
                    let wasThere = [old.current, old.next, old.previous].contains(new.current)
                    // The old signer's key is held until the end where it shall stay; the new one's as soon as it was.
                    if isKept { #expect(held.contains(oldSigner), "\(old) to \(new)") }
                    if wasThere { #expect(held.contains(new.current), "\(old) to \(new)") }
                    #expect(state.current == oldSigner || state.current == new.current)
                }
            }
        }
        #expect(changes == 48 * 48)
    }

    @Test("a rotation's steps, one by one")
    func rotation() {
        let key = { (text: String) in SecretBytes(utf8: text) }
        typealias Step = NamesLayout.Step
        func steps(_ old: StoredSecret?, _ new: StoredSecret) -> [String] {
            NamesLayout.steps(from: old, to: new).map { step in
                let name = ["A", "B"].first { key($0) == step.value } ?? "-"
                return "\(step.slot)=\(name)"
            }
        }
        let (plain, begun, promoted) = (Self.stored("A"), Self.stored("A", "B"), Self.stored("B", nil, "A"))
        #expect(steps(nil, plain) == ["current=A"])
        #expect(steps(plain, plain).isEmpty)
        #expect(steps(plain, begun) == ["next=B"])
        #expect(steps(begun, plain) == ["next=-"])
        #expect(steps(begun, promoted) == ["previous=A", "current=B", "next=-"])
        #expect(steps(promoted, Self.stored("B")) == ["previous=-"])
        #expect(
            steps(promoted, Self.stored("A", nil, "B")) == ["next=B", "current=A", "previous=B", "next=-"])
    }
}
