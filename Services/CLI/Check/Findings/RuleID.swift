/// The rules, by the ids that reports, baselines and SARIF carry. Ids are stable: one is never given a new meaning.
package enum RuleID: String, Sendable, Codable, CaseIterable, Comparable {
    case missingSecret = "LS101"
    case differentSecrets = "LS102"
    case twoNamesTwoValues = "LS103"
    case defaultReachesProduction = "LS104"
    case committedSecret = "LS105"
    case weakSecret = "LS106"
    case sharedAcrossEnvironments = "LS107"
    case floatingVersion = "LS108"
    case mixedEnvironments = "LS109"
    case policyDiffers = "LS110"
    case localAndCloudDiffer = "LS111"
    case workflowDropsSecret = "LS112"
    case secretInImage = "LS113"
    case plainTextInTemplate = "LS114"
    case secondLoadingPath = "LS201"
    case defaultInCode = "LS202"
    case moduleDeclaresSecurity = "LS203"
    case environmentDetectedTwice = "LS204"
    case lifetimesDoNotFit = "LS301"

    package static func < (a: RuleID, b: RuleID) -> Bool { a.rawValue < b.rawValue }
}
