/// Amounts as manifests spell them.
enum Quantity {
    /// `512Mi`, `1Gi`.
    static func memory(_ bytes: Int) -> String {
        bytes % (1 << 30) == 0 ? "\(bytes >> 30)Gi" : "\(bytes >> 20)Mi"
    }

    /// `2`, `250m`.
    static func processors(_ milli: Int) -> String {
        milli % 1000 == 0 ? "\(milli / 1000)" : "\(milli)m"
    }
}
