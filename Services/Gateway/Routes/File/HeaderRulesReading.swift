/// `request_headers` and `response_headers`: `set` as a mapping, `remove` as a list.
struct HeaderRulesReading {
    private static let maximumRules = 64

    let members: RouteMembers

    func read(_ name: String) -> HeaderRules? {
        guard let own = members.members(name, names: ["set", "remove"]) else { return nil }
        var seen: Set<[UInt8]> = []
        let set = fields(own, &seen)
        let remove = names(own, &seen)
        if own.isEmpty { own.fault("set", "says nothing", "write \"set\" or \"remove\"") }
        if set.count + remove.count > Self.maximumRules {
            own.fault("set", "has more than \(Self.maximumRules) rules", "keep fewer")
        }
        return HeaderRules(set: set, remove: remove)
    }

    private func fields(_ own: RouteMembers, _ seen: inout Set<[UInt8]>) -> [HeaderField] {
        guard let node = own.node("set") else { return [] }
        guard case .map(let list) = node.content, !list.isEmpty else {
            own.fault("set", "has a \"set\" that is no mapping", "write \"Name: value\"")
            return []
        }
        var fields: [HeaderField] = []
        for member in list {
            check(member.key, at: member.position, own, &seen)
            guard case .scalar(let value, _) = member.value.content, !member.value.isNull, HeaderRules.isValue(value)
            else {
                own.faults.add(
                    member.value.position, "\(own.owner) sets \(member.key) to what is no field value",
                    "write visible ASCII on one line, at most 4096 bytes, in quotes if it is to be empty")
                continue
            }
            fields.append(HeaderField(member.key, value))
        }
        return fields
    }

    private func names(_ own: RouteMembers, _ seen: inout Set<[UInt8]>) -> [String] {
        guard let node = own.node("remove") else { return [] }
        let names = own.texts("remove", what: "field names") { !$0.isEmpty } ?? []
        for name in names { check(name, at: node.position, own, &seen) }
        return names
    }

    private func check(_ name: String, at place: TextPosition, _ own: RouteMembers, _ seen: inout Set<[UInt8]>) {
        if let reason = ClosedHeaderName.reason(name) {
            own.faults.add(place, "\(own.owner) has a rule on \"\(name)\", which \(reason)", "take it away")
        } else if !seen.insert(LooseName.bytes(name)).inserted {
            own.faults.add(place, "\(own.owner) has two rules on \"\(name)\"", "keep one of them")
        }
    }
}
