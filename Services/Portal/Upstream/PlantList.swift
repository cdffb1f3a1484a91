/// A page of a list, as the plant answers it (DESIGN §6).
struct PlantList<Element: Decodable & Sendable>: Decodable, Sendable {
    var data: [Element]
    var total: Int
    var page: Int
    var totalPages: Int
}
