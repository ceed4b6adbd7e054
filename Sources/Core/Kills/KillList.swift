/// Where a wish to kill is announced to the broker of the right instance: a set of jobs for each instance.
///
/// The fast way and no more. The wish itself stands in the table before it comes here, so a list that was emptied, is
/// down or forgets costs a broker's next look at the table and nothing else. Without a list there is only the table.
///
/// Every change is one atomic operation. All functions may be called from any thread; each blocks for a second at the
/// most, longer only where the system looks up the server's name, and none waits for a server that did not answer a
/// moment ago.
package protocol KillList: Sendable {
    /// Puts a job into the set of an instance; once more is the same as once.
    func add(_ uuid: JobUUID, on server: String) throws(KillListError)

    /// The set of an instance.
    func jobs(on server: String) throws(KillListError) -> Set<JobUUID>

    /// Takes jobs out of the set of an instance: those whose wish was found in the table, or is void.
    func remove(_ uuids: Set<JobUUID>, on server: String) throws(KillListError)

    /// Has additions to the set of an instance told from now on; nil where a list can only be asked.
    func subscribe(on server: String) throws(KillListError) -> KillSubscription?
}

/// Tells of additions to a kill list without being asked. Belongs to one thread; it ends with its last reference.
package struct KillSubscription {
    /// Readable, for poll(2), when something was added or the server has gone.
    package let descriptor: Int32
    /// Reads away what was told. Throws ``KillListError`` if the server has gone.
    package let drain: () throws(KillListError) -> Void

    /// A subscription.
    package init(descriptor: Int32, drain: @escaping () throws(KillListError) -> Void) {
        self.descriptor = descriptor
        self.drain = drain
    }
}
