/// The identifier of this boot of the machine. Pids and boot times of another boot mean nothing.
enum BootID {
    /// `/proc/sys/kernel/random/boot_id`, random(4).
    static let current: String = {
        let text = try? DurableFile.read("/proc/sys/kernel/random/boot_id")
        return text?.split(separator: "\n").first.map(String.init) ?? "unknown"
    }()
}
