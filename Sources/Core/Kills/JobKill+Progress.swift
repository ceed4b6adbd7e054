import Glibc

extension JobKill {
    /// The state of a kill after a step.
    enum Progress: Equatable {
        /// The kill needs further steps.
        case active
        /// The kill needs further steps, but these processes may not be signalled: "PID NAME (reason)".
        case refused([String])
        /// No process of the job is left, or the job had ended before the first signal.
        case finished
        /// These processes do not end: "PID NAME (reason)".
        case stuck([String])
    }

    /// What a kill needs now.
    enum Need: Equatable {
        /// Nothing: this is its state.
        case nothing(Progress)
        /// The program of the command, before any signal.
        case program
        /// A signal to all its targets.
        case signal(Signal)
    }

    /// The result of a step.
    static func result(_ body: () throws(SystemError) -> Progress) -> Result<Progress, SystemError> {
        do throws(SystemError) { return .success(try body()) } catch { return .failure(error) }
    }

    /// A process that does not end, and why: "PID NAME (reason)".
    static func text(_ target: ProcessTable.Entry, errno code: Int32?) -> String {
        let reason =
            if let code {
                SystemError.text(of: code)
            } else if target.state == "D" {
                "in uninterruptible sleep"
            } else {
                "still alive after KILL"
            }
        return "\(target.identity.pid) \(target.name.sanitized) (\(reason))"
    }
}
