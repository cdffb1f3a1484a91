/// The next and the previous value that a store keeps beside a raw one by itself (`SourceReading.staged`): AWS staging
/// labels, fields and names that end in `_NEXT` and `_PREVIOUS`.
///
/// Unlike the companions of a name, nobody may have chosen them: AWS keeps the version before the present one whatever
/// it was. So one that is no key, or a weak one, is passed over with a warning, never served, and takes no service down;
/// the current value alone decides whether there is a ring. One that repeats a key of the ring is what a store shows
/// after and between the steps of a rotation, and is passed over in silence.
struct StagedKeys {
    let environment: DeploymentEnvironment
    let algorithm: KeyAlgorithm

    /// The winner's keys with those that its store stages.
    func beside(_ winner: SecretFindings.Held, _ keys: [RingKey], _ report: inout SecretReport) -> [RingKey] {
        guard case .bytes(let current) = winner.value, let stored = winner.stored else { return keys }
        // A ring holds its next and previous keys itself; beside it a store keeps the whole ring before it.
        guard !SecretValue.isRing(current) else { return keys }
        var ring = keys
        for (state, name, value) in Self.values(stored) {
            let label = "\(winner.candidate.label), its \(name) value,"
            let bytes = SecretValue.trimmed(value).bytes
            guard !bytes.isEmpty else { continue }
            guard !SecretValue.isRing(bytes) else {
                report.warn("staged_rejected", "\(label) is passed over: it is a ring, and the current value is none")
                continue
            }
            do throws(SecretError) {
                let key = try SecretValue.rawKey(
                    bytes, state: state, algorithm: algorithm, environment: environment, label: label)
                if !ring.contains(where: { $0.material == key.material }) { ring.append(key) }
            } catch {
                report.warn("staged_rejected", "\(label) is passed over: \(error.message)")
            }
        }
        return ring
    }

    private static func values(_ stored: StoredSecret) -> [(KeyState, String, SecretBytes)] {
        [stored.next.map { (.next, "next", $0) }, stored.previous.map { (.previous, "previous", $0) }].compactMap(
            \.self)
    }
}
