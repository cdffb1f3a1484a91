#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// `scripts/fuzz-heads` builds and runs it: the differential run of the tests, with as many requests as wanted.
@main struct FuzzHeads {
    static func main() {
        let arguments = CommandLine.arguments
        guard arguments.count == 3, let requests = Int(arguments[1]), let seed = UInt64(arguments[2]) else {
            print("usage: generated REQUESTS SEED")
            exit(64)
        }
        let run = DifferentialRun(requests: requests, seed: seed)
        let responses = ResponseDifferential(responses: requests / 4, seed: seed)
        let differences = run.differences + responses.differences
        for difference in differences { print("fuzz-heads: \(difference)") }
        print(
            "fuzz-heads: generated with seed \(seed): \(run.requests) requests, \(run.accepted) with a message accepted; "
                + "\(responses.responses) responses, \(responses.accepted) accepted; "
                + "\(differences.count) read differently")
        exit(differences.isEmpty ? 0 : 1)
    }
}
