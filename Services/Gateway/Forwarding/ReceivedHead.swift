package import HTTP1
package import NIOCore
package import NIOHTTP1

/// A head that was parsed, with the bytes that its offsets point into.
package protocol ReceivedHead {
    /// The head begins at the reader index.
    var bytes: ByteBuffer { get }
    var fields: FieldSection { get }
}

extension ReceivedHead {
    package func text(_ range: Range<Int>) -> String {
        bytes.getString(at: bytes.readerIndex + range.lowerBound, length: range.count) ?? ""
    }

    /// - Parameter offset: within the head.
    func byte(at offset: Int) -> UInt8 { bytes.getInteger(at: bytes.readerIndex + offset) ?? 0 }

    package func value(of field: Field) -> String { text(field.valueRange) }

    /// Every line's value, in their order.
    package func values(of known: KnownField) -> [String] {
        guard fields.contains(known) else { return [] }
        return fields.filter { $0.known == known }.map(value)
    }

    /// Nil where there is none, and where there are two: what occurs twice is nobody's word.
    package func lone(_ known: KnownField) -> String? {
        guard let field = fields.first(known), !fields.isRepeated(known) else { return nil }
        return value(of: field)
    }

    func view(_ range: Range<Int>) -> ByteBufferView {
        bytes.viewBytes(at: bytes.readerIndex + range.lowerBound, length: range.count) ?? ByteBufferView()
    }

    /// Appends these bytes of the head.
    func copy(_ range: Range<Int>, to output: inout HeadBuffer) {
        let bytes = bytes
        output.writeBytes(bytes.readableBytesSpan.extracting(range))
    }

    /// Appends the lines that `passes` lets pass: neighbours at once.
    @inline(__always)
    func copyLines(to output: inout HeadBuffer, where passes: (Field) -> Bool) {
        var run = 0..<0
        for field in fields {
            let line = field.lineRange
            if passes(field) {
                if run.upperBound == line.lowerBound {
                    run = run.lowerBound..<line.upperBound
                    continue
                }
                if !run.isEmpty { copy(run, to: &output) }
                run = line
            }
        }
        if !run.isEmpty { copy(run, to: &output) }
    }
}

package struct ReceivedRequest: ReceivedHead {
    package let bytes: ByteBuffer
    package let head: RequestHead

    package init(bytes: ByteBuffer, head: RequestHead) {
        self.bytes = bytes
        self.head = head
    }

    package var fields: FieldSection { head.fields }

    package var method: HTTPMethod {
        switch head.method {
        case .get: .GET
        case .head: .HEAD
        case .post: .POST
        case .put: .PUT
        case .delete: .DELETE
        case .options: .OPTIONS
        case .trace: .TRACE
        case .patch: .PATCH
        case .other: HTTPMethod(rawValue: text(head.methodRange))
        }
    }
}

package struct ReceivedResponse: ReceivedHead {
    package let bytes: ByteBuffer
    package let head: ResponseHead

    package init(bytes: ByteBuffer, head: ResponseHead) {
        self.bytes = bytes
        self.head = head
    }

    package var fields: FieldSection { head.fields }
}
