/// What libFuzzer calls: the first byte says where the rest is cut in two, as by two reads.
@_cdecl("LLVMFuzzerTestOneInput")
package func fuzzOneInput(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
    let input = [UInt8](UnsafeRawBufferPointer(start: start, count: count))
    guard let first = input.first else { return 0 }
    let bytes = Array(input.dropFirst())
    if let difference = Differential.difference(in: bytes, cut: bytes.count * Int(first) / 255) {
        fatalError("\(difference)")
    }
    return 0
}
