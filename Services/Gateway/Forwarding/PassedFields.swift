package import HTTP1
import HTTPKit

/// Steps 2 and 3: which lines of a head go on.
///
/// What ends at this hop (RFC 9110 §7.6.1), and what `Connection` names, goes nowhere, in both directions; framing is set
/// anew. What only the gateway may say to an upstream is dropped in every spelling before anything is set, and what an
/// upstream says under these names does not reach the client.
package enum PassedFields {
    /// One for all parsers.
    package static let names = FieldNameTable(groups: [
        FieldNameGroup(.managed, names: ManagedHeader.all, families: ManagedHeader.families),
        FieldNameGroup(
            .forwarding, names: ManagedHeader.forwardingNames + rewritingNames,
            families: [ManagedHeader.forwardingFamily] + rewritingFamilies),
    ])

    /// Some frameworks take the path from these, past every route that was matched.
    private static let rewritingNames = ["x-rewrite-url"]
    private static let rewritingFamilies = ["x-original-"]

    @inline(__always)
    package static func toUpstream(_ field: Field) -> Bool {
        field.marks.isEmpty && !Self.contains(notToUpstream, field.known)
    }

    @inline(__always)
    package static func toClient(_ field: Field) -> Bool {
        // By bits: a set literal is a loop in every call.
        field.marks.rawValue & managedOrNamed == 0 && !Self.contains(notToClient, field.known)
    }

    private static let managedOrNamed = FieldMarks.managed.rawValue | FieldMarks.namedByConnection.rawValue
    /// One bit for each known field. Read before, and set anew behind.
    private static let notToUpstream = bits([.host, .contentLength, .authorization, .via, .traceparent, .tracestate])
    private static let notToClient = bits([.contentLength, .via])

    private static func bits(_ more: [KnownField]) -> UInt64 {
        var bits: UInt64 = 0
        for known in KnownField.allCases where known.endsAtThisHop || more.contains(known) {
            bits |= 1 << UInt64(known.rawValue)
        }
        return bits
    }

    @inline(__always)
    private static func contains(_ bits: UInt64, _ known: KnownField) -> Bool {
        bits & 1 &<< UInt64(known.rawValue) != 0
    }
}
