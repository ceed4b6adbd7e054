/// Reads `kill:` of the whole configuration or of one command.
struct KillSettings {
    let plan: KillPlan

    /// - Parameter isOfCommand: Whether the section may name a program. Each command has its own.
    init(_ section: ConfigurationSection, default fallback: KillPlan, isOfCommand: Bool = false) {
        var signals: [Signal] = []
        for name in section.strings("signals") ?? [] {
            if let signal = Signal(name: name) {
                signals.append(signal)
            } else {
                let known = Signal.allCases.map(\.rawValue).sorted().joined(separator: ", ")
                section.problem("\(name) is not a signal that can be used here. Use \(known).", at: "signals")
            }
        }
        let grace = section.duration("grace") ?? fallback.graceMilliseconds
        if grace > 3_600_000 { section.problem("expected at most 1h.", at: "grace") }
        let program = isOfCommand ? section.strings("run") : nil
        if let program, program.first?.isEmpty ?? true {
            section.problem(
                "expected a program and its arguments, such as [sudo, -n, kill, \"{pid}\"].", at: "run")
        }
        section.finish()
        plan = KillPlan(
            signals: signals.isEmpty ? fallback.signals : signals, graceMilliseconds: grace, program: program ?? [])
    }
}
