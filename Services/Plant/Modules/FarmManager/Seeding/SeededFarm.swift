import PlantKit

/// An invented farm: its name, its place, its people.
struct SeededFarm: Sendable {
    let id: String
    let draft: FarmDraft
    let staff: [(subject: String, role: String)]

    /// - Parameter index: from 1.
    init(number: UInt64, index: Int64) {
        var random = SeedRandom([number, SeedPart.farm.rawValue, UInt64(index)])
        id = random.id()
        let place = Self.places[Int((index - 1) % Int64(Self.places.count))]
        // Three letters and a number that no other seed and farm has.
        let code = "\(place.name.uppercased().prefix(3))\(Int64(number - 1) * SeedLimits.farms + index)"
        let name = "\(place.name) \(random.pick(["Farm", "Growers", "Gardens", "Greenhouses", "Market Garden"]))"
        let domain = "\(code.lowercased()).example"
        let people = Self.people(count: 4, &random).map { "\($0)@\(domain)" }
        draft = FarmDraft(
            name: index > Int64(Self.places.count) ? "\(name) \(index)" : name, code: code, manager: people[0],
            location: "\(place.name), \(place.country)",
            latitude: Degrees(millionths: place.latitude + random.number(-40_000...40_000)),
            longitude: Degrees(millionths: place.longitude + random.number(-40_000...40_000)),
            area: Area(amount: random.number(15...240) * 1_000, unit: .hectares),
            description: "Invented by lockstep seed farm.")
        staff = Array(zip(people, ["manager", "agronomist", "grower", "picker"]))
    }

    private static func people(count: Int, _ random: inout SeedRandom) -> [String] {
        var people: [String] = []
        while people.count < count {
            let person = "\(random.pick(firstNames)).\(random.pick(lastNames))"
            if !people.contains(person) { people.append(person) }
        }
        return people
    }

    private static let firstNames = [
        "ada", "amir", "bao", "carla", "dmitri", "elif", "femi", "grace", "hugo", "ines", "jonas", "kaya", "lucia",
        "mateo", "nadia", "omar", "priya", "rosa", "sven", "tala", "yusuf", "zoe",
    ]
    private static let lastNames = [
        "adeyemi", "bakker", "costa", "demir", "eriksen", "ferrari", "garcia", "haddad", "ivanova", "jansen", "khan",
        "larsen", "moreau", "nguyen", "okafor", "petrov", "rossi", "schmidt", "tanaka", "weber",
    ]

    /// Millionths of a degree.
    private struct Place {
        let name: String
        let country: String
        let latitude: Int64
        let longitude: Int64
    }

    /// Where vegetables are grown for markets.
    private static let places = [
        Place(name: "Westland", country: "Netherlands", latitude: 51_990_000, longitude: 4_200_000),
        Place(name: "Almeria", country: "Spain", latitude: 36_790_000, longitude: -2_700_000),
        Place(name: "Liwa", country: "United Arab Emirates", latitude: 23_130_000, longitude: 53_770_000),
        Place(name: "Salinas", country: "United States", latitude: 36_670_000, longitude: -121_650_000),
        Place(name: "Naivasha", country: "Kenya", latitude: -720_000, longitude: 36_430_000),
        Place(name: "Antalya", country: "Türkiye", latitude: 36_920_000, longitude: 30_850_000),
        Place(name: "Vittoria", country: "Italy", latitude: 36_950_000, longitude: 14_530_000),
        Place(name: "Leamington", country: "Canada", latitude: 42_050_000, longitude: -82_600_000),
        Place(name: "Reichenau", country: "Germany", latitude: 47_690_000, longitude: 9_060_000),
        Place(name: "Souss", country: "Morocco", latitude: 30_380_000, longitude: -9_340_000),
        Place(name: "Shouguang", country: "China", latitude: 36_860_000, longitude: 118_740_000),
        Place(name: "Jerash", country: "Jordan", latitude: 32_270_000, longitude: 35_900_000),
    ]
}

/// How much one command may make.
enum SeedLimits {
    static let farms: Int64 = 1_000
    /// Of one farm: it is written in one transaction.
    static let blocks: Int64 = 1_000
    static let seasons: Int64 = 40
    /// Seasons of all blocks together: some ten million harvests.
    static let allSeasons: Int64 = 2_000_000
}
