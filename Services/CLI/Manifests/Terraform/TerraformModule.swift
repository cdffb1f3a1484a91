import Evidence

/// The files of one folder, which Terraform reads as one.
struct TerraformModule: Sendable {
    let folder: String
    let files: [String]
    let variables: [String: HCLBlock]
    let locals: [String: HCLExpression]
    let outputs: [String: HCLExpression]
    /// By `TYPE.NAME`, and `data.TYPE.NAME`.
    let resources: [String: HCLBlock]
    /// In the order of the files.
    let ordered: [HCLBlock]
    let calls: [String: HCLBlock]

    init(folder: String, bodies: [(file: String, body: HCLBody)]) {
        self.folder = folder
        files = bodies.map(\.file)
        var variables: [String: HCLBlock] = [:]
        var locals: [String: HCLExpression] = [:]
        var outputs: [String: HCLExpression] = [:]
        var resources: [String: HCLBlock] = [:]
        var ordered: [HCLBlock] = []
        var calls: [String: HCLBlock] = [:]
        for block in bodies.flatMap(\.body.blocks) {
            switch (block.type, block.labels.count) {
            case ("variable", 1): variables[block.labels[0]] = block
            case ("locals", 0): for attribute in block.body.attributes { locals[attribute.name] = attribute.value }
            case ("output", 1): outputs[block.labels[0]] = block.body["value"]?.value
            case ("resource", 2):
                resources[block.labels.joined(separator: ".")] = block
                ordered.append(block)
            case ("data", 2): resources["data." + block.labels.joined(separator: ".")] = block
            case ("module", 1): calls[block.labels[0]] = block
            default: break
            }
        }
        self.variables = variables
        self.locals = locals
        self.outputs = outputs
        self.resources = resources
        self.ordered = ordered
        self.calls = calls
    }

    /// The folder that a call names, where it is in the tree.
    func source(of call: HCLBlock) -> String? {
        guard case .text(let path)? = call.body["source"]?.value.kind, path.hasPrefix("./") || path.hasPrefix("../")
        else {
            return nil
        }
        return SourceTree.resolve(path, in: folder)
    }
}
