/// A type that tells its schema itself, as its `init(from:)` can't be followed: it refuses values that it has not made.
package protocol APIDescribed: Decodable {
    static var apiSchema: APISchema { get }
    /// Any valid one. It stands in while the type that holds one is read.
    static var apiSample: Self { get }
}
