package import PlantKit

/// The farm manager's tables, all named `farm_manager_…`. Applied migrations are never changed: a new one goes to the end.
///
/// They are made for 100,000 blocks and 1,000,000 harvests: each list has an index in the order it is asked for, and what
/// would have to be counted or added up over many rows (harvests of a block, a farm's yield by day) is kept up in the
/// transaction of each change. `QueryPlanTests` holds the plans.
///
/// Moments are seconds since the epoch, days are days since the epoch, weights are grams, areas square metres.
package enum FarmMigrations {
    package static let namespace = "farm_manager"

    package static let all = [
        Migration(id: "0001-farms", statements: farms),
        Migration(id: "0002-blocks", statements: crops + blocks + plantings),
        Migration(id: "0003-records", statements: harvests + transitions + alerts + seasons),
        Migration(id: "0004-events", statements: FarmEvents.log.statements),
    ]

    private static let farms = [
        """
        CREATE TABLE farm_manager_farms (
            id TEXT NOT NULL PRIMARY KEY,
            number BIGINT NOT NULL,
            name TEXT NOT NULL,
            code TEXT NOT NULL,
            customer_id TEXT,
            manager TEXT,
            location TEXT,
            latitude_e6 BIGINT,
            longitude_e6 BIGINT,
            area_amount BIGINT,
            area_unit TEXT,
            area_m2 BIGINT,
            description TEXT,
            search_text TEXT NOT NULL,
            version BIGINT NOT NULL,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL,
            deleted_at BIGINT
        )
        """,
        "CREATE UNIQUE INDEX farm_manager_farms_number ON farm_manager_farms (number)",
        "CREATE UNIQUE INDEX farm_manager_farms_code ON farm_manager_farms (code) WHERE deleted_at IS NULL",
        "CREATE INDEX farm_manager_farms_name ON farm_manager_farms (name, id) WHERE deleted_at IS NULL",
        "CREATE INDEX farm_manager_farms_created ON farm_manager_farms (created_at, id) WHERE deleted_at IS NULL",
        // Who reaches a farm (FarmReach).
        "CREATE INDEX farm_manager_farms_manager ON farm_manager_farms (manager, id)",
        "CREATE INDEX farm_manager_farms_customer ON farm_manager_farms (customer_id, id)",
        """
        CREATE TABLE farm_manager_staff (
            farm_id TEXT NOT NULL REFERENCES farm_manager_farms (id),
            subject TEXT NOT NULL,
            role TEXT NOT NULL,
            added_at BIGINT NOT NULL,
            PRIMARY KEY (farm_id, subject)
        )
        """,
        "CREATE UNIQUE INDEX farm_manager_staff_subject ON farm_manager_staff (subject, farm_id)",
        // A farm's counters stand apart from it: a harvest is no new version of the farm.
        """
        CREATE TABLE farm_manager_farm_totals (
            farm_id TEXT NOT NULL PRIMARY KEY REFERENCES farm_manager_farms (id),
            last_block_number BIGINT NOT NULL,
            harvests BIGINT NOT NULL,
            harvested_grams BIGINT NOT NULL
        )
        """,
    ]

    private static let crops = [
        """
        CREATE TABLE farm_manager_crops (
            id TEXT NOT NULL PRIMARY KEY,
            name TEXT NOT NULL,
            code TEXT NOT NULL,
            germination_days BIGINT NOT NULL CHECK (germination_days >= 0),
            growing_days BIGINT NOT NULL CHECK (growing_days >= 0),
            fruiting_days BIGINT NOT NULL CHECK (fruiting_days >= 0),
            harvesting_days BIGINT NOT NULL CHECK (harvesting_days >= 0),
            cleaning_days BIGINT NOT NULL CHECK (cleaning_days >= 0),
            grams_per_plant BIGINT NOT NULL CHECK (grams_per_plant >= 0),
            notes TEXT,
            search_text TEXT NOT NULL,
            version BIGINT NOT NULL,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL,
            deleted_at BIGINT
        )
        """,
        "CREATE UNIQUE INDEX farm_manager_crops_code ON farm_manager_crops (code) WHERE deleted_at IS NULL",
        "CREATE INDEX farm_manager_crops_name ON farm_manager_crops (name, id) WHERE deleted_at IS NULL",
    ]

    private static let blocks = [
        """
        CREATE TABLE farm_manager_blocks (
            id TEXT NOT NULL PRIMARY KEY,
            farm_id TEXT NOT NULL REFERENCES farm_manager_farms (id),
            code TEXT NOT NULL,
            name TEXT,
            type TEXT NOT NULL,
            max_plants BIGINT NOT NULL CHECK (max_plants > 0),
            area_amount BIGINT,
            area_unit TEXT,
            area_m2 BIGINT,
            position_x BIGINT,
            position_y BIGINT,
            state TEXT NOT NULL,
            state_since BIGINT NOT NULL,
            state_before_alert TEXT,
            state_before_alert_since BIGINT,
            planting_id TEXT,
            next_state TEXT,
            next_day BIGINT,
            harvests BIGINT NOT NULL,
            version BIGINT NOT NULL,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL,
            deleted_at BIGINT
        )
        """,
        "CREATE UNIQUE INDEX farm_manager_blocks_code ON farm_manager_blocks (code) WHERE deleted_at IS NULL",
        "CREATE INDEX farm_manager_blocks_farm ON farm_manager_blocks (farm_id, code, id) WHERE deleted_at IS NULL",
        "CREATE INDEX farm_manager_blocks_farm_state ON farm_manager_blocks (farm_id, state, code) WHERE deleted_at IS NULL",
        "CREATE INDEX farm_manager_blocks_state ON farm_manager_blocks (state, code, id) WHERE deleted_at IS NULL",
        "CREATE INDEX farm_manager_blocks_type ON farm_manager_blocks (type, code, id) WHERE deleted_at IS NULL",
        "CREATE INDEX farm_manager_blocks_created ON farm_manager_blocks (created_at, id) WHERE deleted_at IS NULL",
        """
        CREATE INDEX farm_manager_blocks_upcoming ON farm_manager_blocks (farm_id, next_day, code)
        WHERE deleted_at IS NULL AND next_day IS NOT NULL
        """,
        // The words of a block's code and name: a search begins at a word, and need not read 100,000 names.
        """
        CREATE TABLE farm_manager_block_words (
            word BYTEA NOT NULL,
            block_id TEXT NOT NULL REFERENCES farm_manager_blocks (id),
            farm_id TEXT NOT NULL,
            PRIMARY KEY (word, block_id)
        )
        """,
        "CREATE INDEX farm_manager_block_words_block ON farm_manager_block_words (block_id, word)",
        "CREATE INDEX farm_manager_block_words_farm ON farm_manager_block_words (farm_id, word, block_id)",
    ]

    private static let plantings = [
        """
        CREATE TABLE farm_manager_plantings (
            id TEXT NOT NULL PRIMARY KEY,
            farm_id TEXT NOT NULL REFERENCES farm_manager_farms (id),
            block_id TEXT NOT NULL REFERENCES farm_manager_blocks (id),
            crop_id TEXT NOT NULL REFERENCES farm_manager_crops (id),
            plants BIGINT NOT NULL CHECK (plants > 0),
            germination_days BIGINT NOT NULL,
            growing_days BIGINT NOT NULL,
            fruiting_days BIGINT NOT NULL,
            harvesting_days BIGINT NOT NULL,
            cleaning_days BIGINT NOT NULL,
            planned_day BIGINT,
            planted_day BIGINT,
            finished_day BIGINT,
            predicted_grams BIGINT NOT NULL,
            harvested_grams BIGINT NOT NULL,
            harvests BIGINT NOT NULL,
            status TEXT NOT NULL CHECK (status IN ('planned', 'active', 'finished', 'cancelled')),
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL
        )
        """,
        // A block holds one planting at a time, whatever two requests at once ask for.
        """
        CREATE UNIQUE INDEX farm_manager_plantings_open ON farm_manager_plantings (block_id)
        WHERE status IN ('planned', 'active')
        """,
        "CREATE INDEX farm_manager_plantings_created ON farm_manager_plantings (created_at, id)",
        "CREATE INDEX farm_manager_plantings_block ON farm_manager_plantings (block_id, created_at, id)",
        "CREATE INDEX farm_manager_plantings_farm ON farm_manager_plantings (farm_id, created_at, id)",
        "CREATE INDEX farm_manager_plantings_crop ON farm_manager_plantings (crop_id, created_at, id)",
        """
        CREATE INDEX farm_manager_plantings_farm_status ON farm_manager_plantings
        (farm_id, status, crop_id, predicted_grams, harvested_grams, plants)
        """,
        """
        CREATE INDEX farm_manager_plantings_farm_newest ON farm_manager_plantings (farm_id, status, created_at, id)
        """,
        "CREATE INDEX farm_manager_plantings_status ON farm_manager_plantings (status, created_at, id)",
    ]

    private static let harvests = [
        """
        CREATE TABLE farm_manager_harvests (
            id TEXT NOT NULL PRIMARY KEY,
            farm_id TEXT NOT NULL REFERENCES farm_manager_farms (id),
            block_id TEXT NOT NULL REFERENCES farm_manager_blocks (id),
            planting_id TEXT NOT NULL REFERENCES farm_manager_plantings (id),
            crop_id TEXT NOT NULL,
            at BIGINT NOT NULL,
            grams BIGINT NOT NULL CHECK (grams > 0),
            grade TEXT NOT NULL,
            by_subject TEXT NOT NULL,
            note TEXT,
            created_at BIGINT NOT NULL
        )
        """,
        "CREATE INDEX farm_manager_harvests_at ON farm_manager_harvests (at, id)",
        "CREATE INDEX farm_manager_harvests_farm ON farm_manager_harvests (farm_id, at, id)",
        "CREATE INDEX farm_manager_harvests_block ON farm_manager_harvests (block_id, at, id)",
        "CREATE INDEX farm_manager_harvests_planting ON farm_manager_harvests (planting_id, at, id)",
        "CREATE INDEX farm_manager_harvests_crop ON farm_manager_harvests (crop_id, at, id)",
    ]

    private static let transitions = [
        """
        CREATE TABLE farm_manager_transitions (
            id TEXT NOT NULL PRIMARY KEY,
            farm_id TEXT NOT NULL REFERENCES farm_manager_farms (id),
            block_id TEXT NOT NULL REFERENCES farm_manager_blocks (id),
            planting_id TEXT,
            sequence BIGINT NOT NULL,
            from_state TEXT NOT NULL,
            to_state TEXT NOT NULL,
            at BIGINT NOT NULL,
            by_subject TEXT NOT NULL,
            expected_day BIGINT,
            offset_days BIGINT,
            note TEXT
        )
        """,
        // Two changes of one block within a second keep their order; the sequence is the block's version after the change.
        "CREATE UNIQUE INDEX farm_manager_transitions_block ON farm_manager_transitions (block_id, sequence)",
        "CREATE INDEX farm_manager_transitions_farm ON farm_manager_transitions (farm_id, at, id)",
    ]

    private static let alerts = [
        """
        CREATE TABLE farm_manager_alerts (
            id TEXT NOT NULL PRIMARY KEY,
            farm_id TEXT NOT NULL REFERENCES farm_manager_farms (id),
            block_id TEXT REFERENCES farm_manager_blocks (id),
            severity TEXT NOT NULL,
            title TEXT NOT NULL,
            description TEXT,
            status TEXT NOT NULL CHECK (status IN ('active', 'resolved')),
            raised_by TEXT NOT NULL,
            raised_at BIGINT NOT NULL,
            resolved_by TEXT,
            resolved_at BIGINT,
            resolution TEXT,
            version BIGINT NOT NULL
        )
        """,
        "CREATE INDEX farm_manager_alerts_raised ON farm_manager_alerts (raised_at, id)",
        "CREATE INDEX farm_manager_alerts_farm ON farm_manager_alerts (farm_id, raised_at, id)",
        "CREATE INDEX farm_manager_alerts_farm_status ON farm_manager_alerts (farm_id, status, severity)",
        "CREATE INDEX farm_manager_alerts_block ON farm_manager_alerts (block_id, raised_at, id)",
        "CREATE INDEX farm_manager_alerts_status ON farm_manager_alerts (status, raised_at, id)",
    ]

    /// What happened with a crop on a farm, added up by day and by month: statistics and counts of harvests read this.
    private static let seasons = ["days", "months"].flatMap { grain in
        [
            """
            CREATE TABLE farm_manager_season_\(grain) (
                farm_id TEXT NOT NULL REFERENCES farm_manager_farms (id),
                crop_id TEXT NOT NULL,
                day BIGINT NOT NULL,
                month TEXT NOT NULL,
                harvests BIGINT NOT NULL,
                harvested_grams BIGINT NOT NULL,
                cycles BIGINT NOT NULL,
                cycle_predicted_grams BIGINT NOT NULL,
                cycle_actual_grams BIGINT NOT NULL,
                changes_early BIGINT NOT NULL,
                changes_on_time BIGINT NOT NULL,
                changes_late BIGINT NOT NULL,
                PRIMARY KEY (farm_id, crop_id, day)
            )
            """,
            "CREATE INDEX farm_manager_season_\(grain)_farm ON farm_manager_season_\(grain) (farm_id, day)",
            // With what a list of harvests counts by.
            """
            CREATE INDEX farm_manager_season_\(grain)_day ON farm_manager_season_\(grain)
            (day, farm_id, crop_id, harvests)
            """,
            "CREATE INDEX farm_manager_season_\(grain)_crop ON farm_manager_season_\(grain) (crop_id, day)",
        ]
    }
}
