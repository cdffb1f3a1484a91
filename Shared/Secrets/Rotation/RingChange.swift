/// What a rotation writes, in terms of keys.
package enum RingChange: Sendable, Hashable {
    /// A new key beside the current one, in this layout. Keys that are retired or revoked go.
    case addNext(layout: RingDocument.Layout)
    case removeNext
    /// `next` signs from now on; what signed until now verifies on.
    case promote
    /// The previous key signs again, and the current one becomes the previous.
    case exchange
    /// No previous key is left.
    case removePrevious
    /// A new key signs at once; all others are revoked, or gone where the layout can't say so.
    case replace

    package var needsKey: Bool {
        switch self {
        case .addNext, .replace: true
        case .removeNext, .promote, .exchange, .removePrevious: false
        }
    }
}

extension RingDocument {
    /// - Parameters:
    ///   - newKey: for a change that needs one.
    ///   - now: seconds since the epoch.
    package func changed(by change: RingChange, newKey: RingKey?, now: Int64) -> RingDocument {
        var document = self
        switch change {
        case .addNext(let layout):
            document.layout = layout
            document.keys = keys.filter { $0.verifies(at: now) } + (newKey.map { [$0.becoming(.next)] } ?? [])
        case .removeNext: document.keys = keys.filter { $0.state != .next }
        case .promote:
            document.keys = keys.map { key in
                switch key.state {
                case .next: key.becoming(.current)
                case .current: key.becoming(.previous)
                case .previous, .revoked: key
                }
            }
        case .exchange:
            document.keys = keys.map { key in
                switch key.state {
                case .previous: key.becoming(.current)
                case .current: key.becoming(.previous)
                case .next, .revoked: key
                }
            }
        case .removePrevious: document.keys = keys.filter { $0.state != .previous }
        case .replace:
            let revoked = layout == .jwks ? keys.filter { $0.state != .next }.map { $0.becoming(.revoked) } : []
            document.keys = (newKey.map { [$0.becoming(.current)] } ?? []) + revoked
        }
        return document
    }
}
