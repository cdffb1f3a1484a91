/// The sizes that Fargate has: processors in 1024ths with the memory that goes with them.
struct FargateSize: Hashable {
    let units: Int
    /// MiB.
    let memory: Int

    /// - Source: "Task CPU and memory" in the ECS developer guide.
    private static let all: [(units: Int, memory: [Int])] = [
        (256, [512, 1024, 2048]),
        (512, Array(stride(from: 1024, through: 4096, by: 1024))),
        (1024, Array(stride(from: 2048, through: 8192, by: 1024))),
        (2048, Array(stride(from: 4096, through: 16384, by: 1024))),
        (4096, Array(stride(from: 8192, through: 30720, by: 1024))),
        (8192, Array(stride(from: 16384, through: 61440, by: 4096))),
        (16384, Array(stride(from: 32768, through: 122_880, by: 8192))),
    ]

    /// The smallest that has both; the largest of all where none has.
    init(milliCPU: Int, bytes: Int) {
        let units = (milliCPU * 1024 + 999) / 1000
        let mebibytes = bytes >> 20
        for size in Self.all where size.units >= units {
            if let memory = size.memory.first(where: { $0 >= mebibytes }) {
                self.units = size.units
                self.memory = memory
                return
            }
        }
        self.units = 16384
        memory = 122_880
    }
}
