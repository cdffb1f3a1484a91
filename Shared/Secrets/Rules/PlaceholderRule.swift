import Crypto

/// Finds values that were meant to be replaced, and values that the world has read.
enum PlaceholderRule {
    /// Marks in lower case without separators. None is shorter than six letters, so that a random text of 64 base64
    /// characters holds one by chance less than once in a million times.
    private static let marks = [
        "change", "yoursecret", "yourownsecret", "replace", "placeholder", "example", "devsecret", "developmentsecret",
        "secretkeyhere", "secrethere", "supersecret", "topsecret", "mysecret", "jwtsecret", "testsecret",
        "sharedsecret",
        "insecure", "notsecure", "notasecret", "donotuse", "default", "password", "insertkey", "yourkey", "dummysecret",
    ]

    /// Beginnings of SHA-256 over the lower-cased text of secrets that stand in public documents and are otherwise long
    /// and varied enough; hashes, so that this list is none of the places that publish them.
    private static let published: Set<UInt64> = [
        0x8f4f_d316_2700_a6f8, 0xe1b8_5b27_d6bc_b058, 0x72b4_c2ec_107d_b463, 0x2492_212a_9253_330a,
        0x57f2_5c44_324d_8f95, 0x7cae_8926_cf91_cf27, 0xd384_26ce_70b5_67fe, 0x734d_ce51_1b22_a504,
        0xbc06_0280_57fd_8447, 0xbedd_e02c_4714_3fbc, 0x582c_c79c_d52a_540f, 0xe687_d5a9_ca06_faff,
        0xa5ff_35af_1ea5_d53d,
    ]

    /// What gives the value away, or nil. The answer names a mark of this file, never the value.
    static func finding(in secret: SecretBytes) -> String? {
        secret.withUnsafeBytes { bytes in
            if published.contains(fingerprint(bytes)) { return "it is a sample that is published" }
            let lowered = bytes.map(lowercased)
            if isText(bytes) && isTemplate(lowered) { return "it is a template that nobody filled in" }
            let letters = lowered.filter(isLetterOrDigit)
            guard let mark = marks.first(where: { contains(letters, Array($0.utf8)) }) else { return nil }
            return "it contains \"\(mark)\", as a placeholder does"
        }
    }

    private static func isTemplate(_ text: [UInt8]) -> Bool {
        contains(text, Array("${".utf8)) || contains(text, Array("{{".utf8)) || text.first == UInt8(ascii: "<")
    }

    /// UTF-8 without control characters. Random bytes, as generated keys are, begin with `<` once in 256 times; that 32 of
    /// them are text by chance as well does not happen.
    private static func isText(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var parser = Unicode.UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        while true {
            switch parser.parseScalar(from: &iterator) {
            case .valid(let scalar):
                guard Unicode.UTF8.decode(scalar).properties.generalCategory != .control else { return false }
            case .error: return false
            case .emptyInput: return true
            }
        }
    }

    private static func fingerprint(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        SHA256.hash(data: bytes.map(lowercased)).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func contains(_ bytes: [UInt8], _ mark: [UInt8]) -> Bool {
        guard bytes.count >= mark.count else { return false }
        return (0...(bytes.count - mark.count)).contains { bytes[$0..<($0 + mark.count)].elementsEqual(mark) }
    }
}
