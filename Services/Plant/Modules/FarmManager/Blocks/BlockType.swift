/// How a block is cultivated.
package enum BlockType: String, Sendable, CaseIterable, Codable {
    case hydroponic, openfield, greenhouse, nethouse, aeroponic, hybrid, special, containerfarm
}
