/// A request's method. Case counts (RFC 9110 §9.1).
package enum Method: Equatable, Sendable {
    case get, head, post, put, delete, options, trace, patch
    /// A token that is none of these: its bytes are at ``RequestHead/methodRange``.
    case other

    /// - Parameter packed: the last eight bytes of the method, the last one lowest.
    init(packed: UInt64, count: Int) {
        self =
            switch (packed, count) {
            case (0x47_45_54, 3): .get
            case (0x50_55_54, 3): .put
            case (0x48_45_41_44, 4): .head
            case (0x50_4F_53_54, 4): .post
            case (0x50_41_54_43_48, 5): .patch
            case (0x54_52_41_43_45, 5): .trace
            case (0x44_45_4C_45_54_45, 6): .delete
            case (0x4F_50_54_49_4F_4E_53, 7): .options
            default: .other
            }
    }

    /// `CONNECT`, packed.
    static var connect: UInt64 { 0x43_4F_4E_4E_45_43_54 }
}
