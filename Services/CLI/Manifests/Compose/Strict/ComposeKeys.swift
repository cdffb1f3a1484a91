/// Every key of a compose service, sorted by what it means for a plain process. A key in none of these sets is an
/// error: silence would let a stack run differently without containers, and nobody would know.
enum ComposeKeys {
    static let understood: Set<String> = [
        "command", "container_name", "depends_on", "deploy", "entrypoint", "env_file", "environment", "healthcheck",
        "hostname", "networks", "ports", "profiles", "restart", "scale", "secrets", "stop_grace_period", "stop_signal",
        "volumes", "working_dir", "x-lockstep",
    ]

    /// They shape the container around the process, which is not there.
    static let meaninglessOutsideContainers: Set<String> = [
        "annotations", "attach", "blkio_config", "build", "cap_add", "cap_drop", "cgroup", "cgroup_parent",
        "cpu_count", "cpu_percent", "cpu_period", "cpu_quota", "cpu_rt_period", "cpu_rt_runtime", "cpu_shares",
        "cpus", "cpuset", "deploy", "develop", "device_cgroup_rules", "devices", "dns", "dns_opt", "dns_search",
        "domainname", "expose", "group_add", "image", "init", "ipc", "isolation", "labels", "logging", "mac_address",
        "mem_limit", "mem_reservation", "mem_swappiness", "memswap_limit", "network_mode", "networks",
        "oom_kill_disable", "oom_score_adj", "pid", "pids_limit", "platform", "privileged", "pull_policy",
        "read_only", "runtime", "security_opt", "shm_size", "stdin_open", "storage_opt", "sysctls", "tmpfs", "tty",
        "ulimits", "user", "userns_mode", "uts",
    ]

    /// They matter, and this reader does not do them.
    static let mends: [String: String] = [
        "configs": "mount the file with volumes",
        "external_links": "name the host in the variables",
        "extends": "use a YAML anchor and << instead",
        "extra_hosts": "name the address in the variables",
        "links": "use depends_on and the service's own name",
        "volumes_from": "name the volumes",
    ]

    static let topLevelUnderstood: Set<String> = ["services", "secrets", "version", "name", "networks", "volumes"]
}
