import PlantKit

/// What a list of blocks is asked for.
package struct BlockQuery: Sendable, Equatable {
    package enum Order: String, Sendable, CaseIterable {
        case code
        case newest = "-created_at"

        var sql: String {
            switch self {
            case .code: "code, id"
            case .newest: "created_at DESC, id DESC"
            }
        }
    }

    package var farmID: String?
    package var state: BlockState?
    package var type: BlockType?
    /// Words that begin words of the code or the name.
    package var search: String?
    package var order = Order.code

    package init(
        farmID: String? = nil, state: BlockState? = nil, type: BlockType? = nil, search: String? = nil,
        order: Order = .code
    ) {
        self.farmID = farmID
        self.state = state
        self.type = type
        self.search = search
        self.order = order
    }
}

extension FarmRecords {
    /// A search looks at this many matches of its longest word, and finds no more: one letter would match every block.
    package static let searchLimit = 2_000

    package func blocks(_ query: BlockQuery, _ slice: Slice) async throws -> Listing<OccupiedBlock> {
        var filter = Filter()
        filter.require("deleted_at IS NULL")
        filter.equal("farm_id", query.farmID)
        filter.reach(reach, "farm_id")
        filter.equal("state", query.state?.rawValue)
        filter.equal("type", query.type?.rawValue)
        require(words: BlockWords.asked(query.search ?? ""), farm: query.farmID, &filter)
        let total = try await count("farm_manager_blocks", filter)
        return Listing(items: try await occupied(filter, query.order, slice), total: total)
    }

    private func require(words: [String], farm: String?, _ filter: inout Filter) {
        // The longest word first: it is the rarest, as far as can be guessed.
        let words = words.sorted { $0.utf8.count > $1.utf8.count }
        guard let longest = words.first else { return }
        let range = BlockWords.range(of: longest)
        // Within reach before it is cut off: others' blocks must not crowd out one's own.
        var matching = Filter()
        matching.equal("farm_id", farm)
        matching.reach(reach, "farm_id")
        matching.require("word >= ? AND word < ?", [.blob(range.from), .blob(range.below)])
        filter.require(
            """
            id IN (SELECT block_id FROM farm_manager_block_words \
            WHERE \(matching.sql) ORDER BY word, block_id LIMIT \(Self.searchLimit))
            """, matching.arguments)
        for word in words.dropFirst() {
            let range = BlockWords.range(of: word)
            filter.require(
                """
                EXISTS (SELECT 1 AS found FROM farm_manager_block_words w \
                WHERE w.block_id = farm_manager_blocks.id AND w.word >= ? AND w.word < ?)
                """, [.blob(range.from), .blob(range.below)])
        }
    }

    /// The newest first.
    package func transitions(of block: String, _ slice: Slice) async throws -> Listing<BlockTransition> {
        _ = try await self.block(block)
        var filter = Filter()
        filter.equal("block_id", block)
        return try await list(
            BlockTransition.columns, from: "farm_manager_transitions", filter, order: "sequence DESC", slice,
            as: BlockTransition.init(row:))
    }
}
