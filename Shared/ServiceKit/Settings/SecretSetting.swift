package import Secrets

extension SettingsReader {
    /// `NAME`, or the content of the file that `NAME_FILE` names, without a trailing newline.
    ///
    /// Both set and different is a fault. The value is never printed.
    /// - Parameter minimumBytes: fewer are a fault.
    package func secret(_ name: String, minimumBytes: Int) -> SecretBytes? {
        let fileVariable = name + "_FILE"
        let direct = string(name).map { withoutTrailingNewline(Array($0.utf8)) }
        var fromFile: [UInt8]?
        if let path = string(fileVariable) {
            switch BoundedFile.read(path, limit: 64 * 1024) {
            case .success(let bytes): fromFile = withoutTrailingNewline(bytes)
            case .failure(let reason):
                fault(
                    fileVariable, reason.problem, mend: "Make the file readable for this service, or correct its path.")
                return nil
            }
            if fromFile?.isEmpty == true {
                fault(fileVariable, "names an empty file.", mend: "Write the secret into it.")
                return nil
            }
        }
        if let direct, let fromFile, direct != fromFile {
            fault(name, "and \(fileVariable) are both set, and differ.", mend: "Keep one of the two.")
            return nil
        }
        guard let bytes = direct ?? fromFile, !bytes.isEmpty else { return nil }
        guard bytes.count >= minimumBytes else {
            fault(
                direct == nil ? fileVariable : name, "has \(bytes.count) bytes; at least \(minimumBytes) are needed.",
                mend: "Make one with `lockstep secret generate`.")
            return nil
        }
        return SecretBytes(bytes)
    }

    /// `echo secret > file` ends in a newline that nobody means.
    private func withoutTrailingNewline(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        while let last = bytes.last, last == 0x0A || last == 0x0D { bytes.removeLast() }
        return bytes
    }
}
