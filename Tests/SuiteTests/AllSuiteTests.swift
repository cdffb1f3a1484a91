import Testing

/// Every test below starts several processes; one at a time keeps two cores honest.
@Suite(.serialized)
enum SuiteTests {}
