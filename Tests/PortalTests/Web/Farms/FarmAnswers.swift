import Foundation
import TestSupport

/// Answers of the real plant, as it gave them for a farm of `lockstep seed farm`, shortened; `markup` stands wherever people
/// write.
enum FarmAnswers {
    /// In every field that users fill.
    static let markup = #"<img src=x onerror=alert(1)>"'"#
    static let farmID = "0b0f6a52-7a0c-4d0e-9f5e-1f0d3f6d0001"
    static let blockID = "0b0f6a52-7a0c-4d0e-9f5e-1f0d3f6d0002"
    static let alertID = "0b0f6a52-7a0c-4d0e-9f5e-1f0d3f6d0003"
    static let cropID = "0b0f6a52-7a0c-4d0e-9f5e-1f0d3f6d0004"
    static let plantingID = "0b0f6a52-7a0c-4d0e-9f5e-1f0d3f6d0005"

    static func quoted(_ text: String) -> String {
        let data = try? JSONEncoder().encode(text)
        return String(decoding: data ?? Data(), as: UTF8.self)
    }

    private static let written = quoted(markup)

    static var farm: String {
        """
        {"id":"\(farmID)","number":1,"name":\(written),"code":"FCD2","customer_id":null,"manager":null,
        "location":\(written),"latitude":null,"longitude":null,"total_area":12.5,"area_unit":"hectares",
        "total_area_m2":125000,"description":\(written),"version":1,"created_at":"2025-11-01T09:00:00Z",
        "updated_at":"2025-11-01T09:00:00Z"}
        """
    }

    /// - Parameters:
    ///   - state: of the block.
    ///   - version: grows with each change.
    ///   - more: further members, with a comma before them.
    static func block(
        _ state: String = "growing", version: Int = 7, code: String = "F001-005", more: String = ""
    ) -> String {
        """
        {"id":"\(blockID)","farm_id":"\(farmID)","code":"\(code)","name":\(written),"type":"greenhouse","max_plants":100,
        "area":null,"area_unit":null,"position_x":2,"position_y":1,"state":"\(state)",
        "state_since":"2026-01-01T08:00:00Z","state_before_alert":null,"state_before_alert_since":null,
        "planting_id":\(state == "empty" ? "null" : quoted(plantingID)),"next_state":"harvesting","next_day":"2026-01-20",
        "harvests":2,"version":\(version),"created_at":"2025-11-01T09:00:00Z","updated_at":"2026-01-01T08:00:00Z"\(more)}
        """
    }

    /// As a list tells it.
    static func listedBlock(_ state: String = "growing", code: String = "F001-005") -> String {
        let planting = """
            ,"planting":{"status":"active","crop_id":"\(cropID)","crop":\(written),"plants":80,"capacity_percent":80,
            "yield":\(yields)}
            """
        return block(state, code: code, more: state == "empty" ? "" : planting)
    }

    static func status(_ state: String = "growing", _ allowed: [String] = ["harvesting", "alert"]) -> String {
        """
        {"block_id":"\(blockID)","code":"F001-005","state":"\(state)","state_since":"2026-01-01T08:00:00Z",
        "state_before_alert":null,"allowed":[\(allowed.map(quoted).joined(separator: ","))],
        "planting_id":null,"next_state":null,"next_day":null}
        """
    }

    static var planting: String {
        """
        {"id":"\(plantingID)","farm_id":"\(farmID)","block_id":"\(blockID)","crop_id":"\(cropID)","plants":80,
        "growth_cycle":{"germination_days":5,"growing_days":40,"fruiting_days":0,"harvesting_days":20,"cleaning_days":3},
        "planned_day":null,"planted_day":"2025-12-12","finished_day":null,"predicted_kg":200,"harvested_kg":120.5,
        "harvests":2,"status":"active","created_at":"2025-12-12T08:00:00Z","updated_at":"2026-01-02T08:00:00Z"}
        """
    }

    static var crop: String {
        """
        {"id":"\(cropID)","name":\(written),"code":"LETTUCE","germination_days":5,"growing_days":40,"fruiting_days":0,
        "harvesting_days":20,"cleaning_days":3,"yield_per_plant_kg":2.5,"notes":\(written),"version":1,
        "created_at":"2025-11-01T09:00:00Z","updated_at":"2025-11-01T09:00:00Z"}
        """
    }

    static var alert: String {
        """
        {"id":"\(alertID)","farm_id":"\(farmID)","block_id":"\(blockID)","severity":"critical","title":\(written),
        "description":\(written),"status":"active","raised_by":"somebody","raised_at":"2026-01-02T08:00:00Z",
        "resolved_by":null,"resolved_at":null,"resolution":null}
        """
    }

    static var harvest: String {
        """
        {"id":"h","farm_id":"\(farmID)","block_id":"\(blockID)","planting_id":"\(plantingID)","crop_id":"\(cropID)",
        "at":"2026-01-02T08:00:00Z","quantity_kg":12.5,"grade":"a","by":"somebody","note":\(written)}
        """
    }

    static var transition: String {
        """
        {"id":"t","block_id":"\(blockID)","planting_id":"\(plantingID)","from":"planted","to":"growing",
        "at":"2026-01-01T08:00:00Z","by":"somebody","expected_day":"2025-12-29","offset_days":3,"note":\(written),
        "punctuality":"late"}
        """
    }

    private static let yields =
        #"{"predicted_kg":200,"actual_kg":120.5,"efficiency_percent":60.2,"category":"acceptable"}"#

    static var glance: String {
        """
        {"farm":\(farm),"block_count":1,
        "blocks_by_state":{"empty":0,"planned":0,"planted":0,"growing":1,"fruiting":0,"harvesting":0,"cleaning":0,"alert":0},
        "active_yield":\(yields),"active_alerts":{"critical":1,"high":0,"medium":0,"low":0}}
        """
    }

    static var dashboard: String {
        """
        {"farm":\(farm),"staff":[],"block_count":1,
        "blocks_by_state":{"empty":0,"planned":0,"planted":0,"growing":1,"fruiting":0,"harvesting":0,"cleaning":0,"alert":0},
        "planned_plantings":0,
        "active_plantings":[{"crop_id":"\(cropID)","name":\(written),"plantings":1,"plants":80,"yield":\(yields)}],
        "active_yield":\(yields),"finished_cycles":3,"finished_yield":\(yields),"harvested_kg":1234.5,
        "active_alerts":{"critical":1,"high":0,"medium":0,"low":0},
        "blocks":[],
        "recent_activity":[{"kind":"harvest","id":"h","block_id":"\(blockID)","block_code":"F001-005",
        "at":"2026-01-02T08:00:00Z","by":"somebody","what":"a","quantity_kg":12.5},
        {"kind":"state","id":"t","block_id":"\(blockID)","block_code":"F001-005","at":"2026-01-01T08:00:00Z",
        "by":"somebody","what":"growing","quantity_kg":null}],
        "upcoming":[{"block_id":"\(blockID)","block_code":"F001-005","state":"harvesting","day":"2026-01-20","days":8}]}
        """
    }

    static let statistics = """
        {"from":"2025-01-12","to":"2026-01-12","group_by":"month","groups":[
        {"key":"2025-12","name":null,"figures":{"harvests":1,"harvested_kg":80,"cycles":0,"cycle_yield":\(yields),
        "changes_early":0,"changes_on_time":0,"changes_late":1,"on_time_percent":0}},
        {"key":"2026-01","name":null,"figures":{"harvests":1,"harvested_kg":40.5,"cycles":0,"cycle_yield":\(yields),
        "changes_early":0,"changes_on_time":0,"changes_late":1,"on_time_percent":0}}],
        "total":{"harvests":2,"harvested_kg":120.5,"cycles":0,"cycle_yield":\(yields),"changes_early":0,
        "changes_on_time":0,"changes_late":1,"on_time_percent":0}}
        """

    /// - Parameter page: the last one, when the pages before it are full.
    static func list(_ elements: [String], page: Int = 1) -> String {
        """
        {"data":[\(elements.joined(separator: ","))],"total":\(elements.count + (page - 1) * 100),"page":\(page),
        "perPage":100,"totalPages":\(page)}
        """
    }

    static func problem(_ status: Int, _ code: String, _ detail: String = "", fields: String = "null") -> String {
        """
        {"type":"urn:lockstep:problem:\(code)","title":"t","status":\(status),"detail":\(quoted(detail)),"instance":"/",
        "code":"\(code)","request_id":"r","fields":\(fields)}
        """
    }
}
