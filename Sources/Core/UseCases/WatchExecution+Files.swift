/// What the files of a job tell while the store does not answer.
extension WatchExecution {
    /// The status with which a started job has ended; nil while it runs, and while a kill ends its last processes.
    ///
    /// - Throws: ``SystemError``, and what makes the files unreadable.
    package static func endByFiles(of files: JobFiles, in storage: Storage) throws -> Status? {
        guard let state = try JobInspector(storage: storage).states(of: [files.uuid])[files.uuid]?.get() else {
            return nil
        }
        let kill = try files.killRecord()
        if case .ended(let exit) = state, let kill, kill.precedes(exit) {
            let snapshot = ProcessSnapshot(owner: storage.owner)
            guard try JobProcesses(files).living(in: snapshot).isEmpty else { return nil }
        }
        return Settlement(of: state, kill: kill, logBytes: nil, now: Clock.seconds())?.status
    }
}
