/// What libFuzzer calls.
@_cdecl("LLVMFuzzerTestOneInput")
package func fuzzOneInput(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
    let input = [UInt8](UnsafeRawBufferPointer(start: start, count: count))
    if let difference = FuzzInput(input)?.difference { fatalError("\(difference)") }
    return 0
}
