/// A value that an expectation may change while it looks at it.
final class Box<Value> {
    var value: Value
    init(_ value: Value) { self.value = value }
}
