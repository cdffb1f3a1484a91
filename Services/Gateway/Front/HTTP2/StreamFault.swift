/// Why a request is malformed (RFC 9113 §8.1.1): its stream is reset with PROTOCOL_ERROR, and nothing of it was passed on
/// that could be taken for a whole request. The raw value is a stable code for logs.
enum StreamFault: String, Error, Equatable {
    // Pseudo-header fields (RFC 9113 §8.3)

    case unknownPseudoField = "unknown_pseudo_field"
    case repeatedPseudoField = "repeated_pseudo_field"
    /// Behind a regular field, or in trailers.
    case misplacedPseudoField = "misplaced_pseudo_field"
    case missingPseudoField = "missing_pseudo_field"
    /// No token (RFC 9110 §9.1).
    case badMethod = "bad_method"
    /// Anything but `https`: this came by TLS.
    case badScheme = "bad_scheme"
    /// Neither `/` and bytes that a URI has, nor `*` with OPTIONS.
    case badPath = "bad_path"
    /// No host with an optional port; user information is none.
    case badAuthority = "bad_authority"
    /// `:authority` and `host` differ, or `host` stands there twice.
    case authorityMismatch = "authority_mismatch"

    // Fields (RFC 9113 §8.2)

    /// An upper-case letter, or no token at all.
    case badName = "bad_name"
    /// CR, LF or NUL, or whitespace at either end.
    case badValue = "bad_value"
    /// Bytes of a value may have been replaced on the way here. Nothing that RFC 9113 calls malformed: a head is answered with
    /// 400, and trailers, which come too late for it, with a reset.
    case replacedBytes = "replaced_bytes"
    /// RFC 9113 §8.2.2: it is about a connection, of which a stream is none.
    case connectionSpecific = "connection_specific"

    // Content (RFC 9113 §8.1.1)

    /// Not 1*18DIGIT, or more than one.
    case badContentLength = "bad_content_length"
    /// More or fewer bytes of DATA than `content-length` says.
    case lengthMismatch = "length_mismatch"
    /// A second HEADERS frame that does not end the stream, or anything behind the end.
    case misplacedFrame = "misplaced_frame"
}
