package import ServiceKit

/// Where spans go, and which requests have some. The names and values are OpenTelemetry's own.
///
/// | variable | type | default |
/// |---|---|---|
/// | `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` | URL that takes OTLP/HTTP, as it is | that below with `/v1/traces` |
/// | `OTEL_EXPORTER_OTLP_ENDPOINT` | base URL of a collector | none: there are no spans |
/// | `OTEL_EXPORTER_OTLP_HEADERS` | `name=value,…`, percent-encoded, sent with each batch; secret | none |
/// | `OTEL_SERVICE_NAME` | `service.name` | lockstep-gateway |
/// | `OTEL_TRACES_SAMPLER` | always_on, always_off, traceidratio, or `parentbased_` with one of these | parentbased_always_on |
/// | `OTEL_TRACES_SAMPLER_ARG` | 0 to 1, of `traceidratio` | 1 |
package struct TracingSettings: Sendable, Equatable {
    package let endpoint: String
    package let headers: [HeaderField]
    package let serviceName: String
    package let sampler: SpanSampler

    static let defaultServiceName = "lockstep-gateway"

    /// - Returns: nil where no endpoint is set.
    package init?(reader: SettingsReader) {
        let base = reader.url("OTEL_EXPORTER_OTLP_ENDPOINT")
        let own = reader.url("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
        let headers = Self.headers(reader)
        let sampler = Self.sampler(reader)
        serviceName = reader.string("OTEL_SERVICE_NAME", default: Self.defaultServiceName)
        guard let endpoint = own ?? base.map({ $0 + "/v1/traces" }) else { return nil }
        self.endpoint = endpoint
        self.headers = headers
        self.sampler = sampler
    }

    private static func sampler(_ reader: SettingsReader) -> SpanSampler {
        let name = reader.choice("OTEL_TRACES_SAMPLER", default: SpanSampler.Name.parentAlwaysOn)
        var ratio = 1.0
        if let text = reader.string("OTEL_TRACES_SAMPLER_ARG") {
            if let number = Double(text), (0...1).contains(number) {
                ratio = number
            } else {
                reader.fault(
                    "OTEL_TRACES_SAMPLER_ARG", "is no number from 0 to 1.",
                    mend: "Set the share of requests, such as 0.1.")
            }
        }
        return SpanSampler(name, ratio: ratio)
    }

    /// The format of W3C Baggage, whose values are percent-encoded. No byte of a value is told: it may be a key.
    private static func headers(_ reader: SettingsReader) -> [HeaderField] {
        reader.list("OTEL_EXPORTER_OTLP_HEADERS").compactMap { text in
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let value = percentDecoded(trimmed(parts[1])), HeaderRules.isValue(value),
                isName(trimmed(parts[0]))
            else {
                reader.fault(
                    "OTEL_EXPORTER_OTLP_HEADERS", "has an element that is no name=value.",
                    mend: "Write name=value, separated by commas, with percent-encoded values.")
                return nil
            }
            return HeaderField(String(trimmed(parts[0])), value)
        }
    }

    private static func isName(_ name: Substring) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let start = text.drop { $0 == " " }
        return start[..<(start.lastIndex { $0 != " " }.map(start.index(after:)) ?? start.startIndex)]
    }

    private static func percentDecoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                return nil
            }
            rest = rest.dropFirst(2)
            bytes.append(value)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
