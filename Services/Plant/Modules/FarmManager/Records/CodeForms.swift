import PlantKit

extension TextForm {
    static let farmCode = TextForm(pattern: "^[A-Z][A-Z0-9]{1,7}$") { FarmCode.problem(in: $0) }
    static let cropCode = TextForm(pattern: "^[A-Z0-9][A-Z0-9-]{0,14}[A-Z0-9]$") { CropCode.problem(in: $0) }
    static let blockCode = TextForm(pattern: "^F[0-9]{3,6}-[0-9]{3,6}$") { BlockCode.problem(in: $0) }
}
