/// The state of a job, from its files and processes.
package enum JobState: Sendable, Equatable {
    /// The supervisor holds the lock, or a responder is starting the job.
    case running
    /// The supervisor was killed. These processes of the job are still running.
    case unsupervised([ProcessTable.Entry])
    /// There is an exit record.
    case ended(ExitRecord)
    /// There is no lock, no exit record and no process: the machine crashed, or the rest ended unobserved.
    case lost
}
