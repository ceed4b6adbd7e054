/// How a job stands by its files and processes.
package enum JobState: Sendable, Equatable {
    /// Its supervisor holds the lock, or a responder is about to start it.
    case running
    /// Somebody killed the supervisor; these processes of the job go on.
    case unsupervised([ProcessTable.Entry])
    /// The exit record stands.
    case ended(ExitRecord)
    /// No lock, no record, no process: the machine went down, or the rest died unseen.
    case lost
}
