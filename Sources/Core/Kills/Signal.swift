import Glibc

/// A signal that a kill may send, with its name in the configuration.
package enum Signal: String, Sendable, CaseIterable {
    case hangup = "HUP"
    case interrupt = "INT"
    case quit = "QUIT"
    case kill = "KILL"
    case terminate = "TERM"
    case user1 = "USR1"
    case user2 = "USR2"
    case alarm = "ALRM"
    case abort = "ABRT"

    /// The number on this system, signal(7).
    package var number: Int32 {
        switch self {
        case .hangup: SIGHUP
        case .interrupt: SIGINT
        case .quit: SIGQUIT
        case .kill: SIGKILL
        case .terminate: SIGTERM
        case .user1: SIGUSR1
        case .user2: SIGUSR2
        case .alarm: SIGALRM
        case .abort: SIGABRT
        }
    }

    /// The signal with a name, with or without the prefix `SIG`.
    package init?(name: String) {
        let upper = name.uppercased()
        self.init(rawValue: upper.hasPrefix("SIG") ? String(upper.dropFirst(3)) : upper)
    }

    /// The name of any signal's number, without `SIG`; the number if it has no name.
    package static func name(of number: Int) -> String {
        let names = [
            1: "HUP", 2: "INT", 3: "QUIT", 4: "ILL", 5: "TRAP", 6: "ABRT", 7: "BUS", 8: "FPE", 9: "KILL",
            10: "USR1", 11: "SEGV", 12: "USR2", 13: "PIPE", 14: "ALRM", 15: "TERM", 16: "STKFLT", 24: "XCPU",
            25: "XFSZ", 26: "VTALRM", 27: "PROF", 29: "IO", 30: "PWR", 31: "SYS",
        ]
        return names[number] ?? String(number)
    }
}
