/// Why a message head is refused. Nothing is repaired: whatever two readers could read in two ways is a fault.
///
/// The raw value is a stable code for logs and metrics. No case carries a byte of the message.
package enum HeadFault: String, Error, CaseIterable, Sendable {
    // Lines (RFC 9112 §2.2, §5)

    /// RFC 9112 §2.2: a CR that no LF follows.
    case bareCarriageReturn = "bare_carriage_return"
    /// RFC 9112 §2.2: a line that ends with LF alone. (A recipient may accept it; two in a row then may not agree.)
    case bareLineFeed = "bare_line_feed"
    /// RFC 9110 §5.5: NUL, DEL or another control byte but HTAB.
    case controlByte = "control_byte"
    /// RFC 9112 §5.2: a field line that begins with whitespace.
    case foldedLine = "folded_line"
    /// RFC 9112 §2.2: whitespace between the start line and the first field.
    case whitespaceBeforeFields = "whitespace_before_fields"
    /// The head is longer than ``HeadLimits/headBytes``.
    case headTooLarge = "head_too_large"

    // Start line (RFC 9112 §3, §4)

    /// RFC 9112 §3: not `method SP target SP version`, or a second empty line before it.
    case badRequestLine = "bad_request_line"
    /// RFC 9110 §9.1: not a token, or longer than 32 bytes.
    case badMethod = "bad_method"
    /// RFC 9110 §9.3.6: CONNECT, whose target is in authority form.
    case connectNotServed = "connect_not_served"
    /// RFC 9112 §3.2: in none of the four forms, or with bytes that no URI has. (`#` too: a target has no fragment.)
    case badTarget = "bad_target"
    /// RFC 9112 §3.2.4: `*` with another method than OPTIONS.
    case asteriskTarget = "asterisk_target"
    /// RFC 9112 §3: the request line has no end within the space that ``HeadLimits/targetBytes`` leaves.
    case targetTooLong = "target_too_long"
    /// RFC 9112 §2.3: not `HTTP/` and two digits; case counts.
    case badVersion = "bad_version"
    /// RFC 9110 §15.6.6: another version than 1.0 and 1.1.
    case unsupportedVersion = "unsupported_version"
    /// RFC 9112 §4: not `version SP 3DIGIT [SP reason]` with a status of 100 to 599.
    case badStatusLine = "bad_status_line"
    /// RFC 9110 §15.2: a 1xx in HTTP/1.0, which knows none: some take it for the answer itself.
    case interimInOldVersion = "interim_in_old_version"
    /// RFC 9112 §9.6: a 1xx with `Connection: close`: for some the connection ends there, for some the answer follows.
    case interimThatCloses = "interim_that_closes"
    /// RFC 9110 §15.2.2: a 101 without `Connection: upgrade` and `Upgrade`: some read on as HTTP behind it, some do not.
    case switchWithoutUpgrade = "switch_without_upgrade"

    // Fields (RFC 9110 §5, RFC 9112 §5)

    /// More field lines than ``HeadLimits/fields``.
    case tooManyFields = "too_many_fields"
    /// RFC 9112 §5: a field line without a colon.
    case missingColon = "missing_colon"
    /// RFC 9110 §5.1: a field line that begins with its colon.
    case emptyName = "empty_name"
    /// RFC 9110 §5.1: a field name that is no token.
    case badName = "bad_name"
    /// RFC 9112 §5.1: whitespace in a field name, or between it and its colon.
    case whitespaceBeforeColon = "whitespace_before_colon"
    /// RFC 9110 §7.6.1: a `Connection` option that is no token.
    case badConnectionOption = "bad_connection_option"
    /// More than 32 `Connection` options that name fields.
    case tooManyConnectionOptions = "too_many_connection_options"
    /// RFC 9110 §10.1.1: an expectation other than `100-continue`.
    case unknownExpectation = "unknown_expectation"

    // Framing (RFC 9112 §6)

    /// RFC 9112 §6.3: not 1*DIGIT, or more than an Int holds.
    case badContentLength = "bad_content_length"
    /// RFC 9112 §6.3: more than one `Content-Length`, equal ones too.
    case repeatedContentLength = "repeated_content_length"
    /// RFC 9112 §6.1: both `Content-Length` and `Transfer-Encoding`.
    case lengthAndEncoding = "length_and_encoding"
    /// RFC 9112 §6.3: `Transfer-Encoding` whose last coding is not one `chunked`.
    case badTransferEncoding = "bad_transfer_encoding"
    /// RFC 9112 §6.1: more than one `Transfer-Encoding` line.
    case repeatedTransferEncoding = "repeated_transfer_encoding"
    /// RFC 9112 §6.1: codings before `chunked`, which are not understood here.
    case unsupportedTransferCoding = "unsupported_transfer_coding"
    /// RFC 9112 §6.1: `Transfer-Encoding` in HTTP/1.0.
    case encodingInOldVersion = "encoding_in_old_version"
    /// `Content_Length` and the like: upstreams behind CGI or WSGI read them as the framing fields.
    case disguisedFraming = "disguised_framing"

    // Authority (RFC 9112 §3.2)

    /// RFC 9112 §3.2: HTTP/1.1 without `Host`.
    case missingHost = "missing_host"
    /// RFC 9112 §3.2: more than one `Host`.
    case repeatedHost = "repeated_host"
    /// RFC 9110 §7.2: a `Host` that is no host with an optional port.
    case badHost = "bad_host"
    /// RFC 9112 §3.2.2: an absolute-form target whose authority is not the `Host`.
    case authorityMismatch = "authority_mismatch"

    /// The status to answer a request with. (In an upstream's response each fault is a 502.)
    package var status: Int {
        switch self {
        case .targetTooLong: 414
        case .unknownExpectation: 417
        case .headTooLarge, .tooManyFields, .tooManyConnectionOptions: 431
        case .connectNotServed, .unsupportedTransferCoding: 501
        case .unsupportedVersion: 505
        case .bareCarriageReturn, .bareLineFeed, .controlByte, .foldedLine, .whitespaceBeforeFields, .badRequestLine,
            .badMethod, .badTarget, .asteriskTarget, .badVersion, .badStatusLine, .interimInOldVersion,
            .interimThatCloses, .switchWithoutUpgrade, .missingColon, .emptyName, .badName, .whitespaceBeforeColon,
            .badConnectionOption, .badContentLength, .repeatedContentLength,
            .lengthAndEncoding, .badTransferEncoding, .repeatedTransferEncoding, .encodingInOldVersion,
            .disguisedFraming, .missingHost, .repeatedHost, .badHost, .authorityMismatch:
            400
        }
    }
}
