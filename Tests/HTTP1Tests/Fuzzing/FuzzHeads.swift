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
        for difference in run.differences { print("fuzz-heads: \(difference)") }
        print(
            "fuzz-heads: \(run.requests) generated with seed \(seed), \(run.accepted) with a message accepted, "
                + "\(run.differences.count) read differently")
        exit(run.differences.isEmpty ? 0 : 1)
    }
}
