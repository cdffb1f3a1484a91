import Glibc

/// What Prometheus' own clients tell of every process, under the names that dashboards know.
enum ProcessMetrics {
    static func render() -> String {
        var text = ""
        text += metric("process_cpu_seconds_total", "counter", "User and system CPU time.", cpuSeconds())
        if let resident = residentBytes() {
            text += metric("process_resident_memory_bytes", "gauge", "Resident memory.", "\(resident)")
        }
        if let start = startTime() {
            text += metric("process_start_time_seconds", "gauge", "Start, in seconds since the epoch.", "\(start)")
        }
        return text
    }

    private static func metric(_ name: String, _ kind: String, _ help: String, _ value: String) -> String {
        "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n\(name) \(value)\n"
    }

    private static func cpuSeconds() -> String {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Exposition.number(Double(time.tv_sec) + Double(time.tv_nsec / 1000) / 1e6)
    }

    /// The second field of statm, in pages (proc(5)).
    private static func residentBytes() -> Int? {
        guard case .success(let bytes) = BoundedFile.read("/proc/self/statm", limit: 4096) else { return nil }
        let fields = String(decoding: bytes, as: UTF8.self).split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { return nil }
        return pages * sysconf(Int32(_SC_PAGESIZE))
    }

    /// Now, less the time that the machine has run since the process began: field 22 of stat, in clock ticks after boot.
    private static func startTime() -> Int? {
        guard case .success(let bytes) = BoundedFile.read("/proc/self/stat", limit: 4096) else { return nil }
        // The second field is the command in parentheses, and may hold spaces.
        let afterCommand = String(decoding: bytes, as: UTF8.self).split(separator: ")").last ?? ""
        let fields = afterCommand.split(separator: " ")
        guard fields.count > 19, let ticks = Int(fields[19]) else { return nil }
        var sinceBoot = timespec()
        var now = timespec()
        clock_gettime(CLOCK_BOOTTIME, &sinceBoot)
        clock_gettime(CLOCK_REALTIME, &now)
        return now.tv_sec - (sinceBoot.tv_sec - ticks / sysconf(Int32(_SC_CLK_TCK)))
    }
}
