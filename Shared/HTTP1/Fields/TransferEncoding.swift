/// RFC 9112 §6.1: one `chunked` is all that is understood.
enum TransferEncoding {
    static func check(_ value: Range<Int>, in bytes: RawSpan) throws(HeadFault) {
        if FieldText.equals(value, "chunked", in: bytes) { return }
        throw endsChunkedOnce(value, in: bytes) ? .unsupportedTransferCoding : .badTransferEncoding
    }

    /// `gzip, chunked`: framed, but in a coding that is not understood. All else has no end that one could trust.
    private static func endsChunkedOnce(_ value: Range<Int>, in bytes: RawSpan) -> Bool {
        var chunked = 0
        var isLast = false
        var isOdd = false
        ConnectionOptions.forEach(value, in: bytes) { coding in
            isLast = FieldText.equals(coding, "chunked", in: bytes)
            chunked += isLast ? 1 : 0
            for offset in coding where !Token.contains(bytes.byte(offset)) { isOdd = true }
        }
        return isLast && chunked == 1 && !isOdd
    }
}
