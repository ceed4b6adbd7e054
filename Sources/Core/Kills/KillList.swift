/// Announces kill requests to the broker of the right instance: a set of jobs for each instance.
///
/// The list makes kills faster and nothing else. A kill request is in the store before it is announced here. So
/// a list that is empty or unreachable only delays the kill until the broker reads the store. Without a list there
/// is only the store.
///
/// Every change is one atomic operation. All functions may be called from any thread. Each blocks for at most one
/// second, or longer while the system resolves the server's name. None waits for a server that did not answer a moment
/// ago.
package protocol KillList: Sendable {
    /// Adds a job to the set of an instance.
    func add(_ uuid: JobUUID, on server: String) throws(KillListError)

    /// The set of an instance.
    func jobs(on server: String) throws(KillListError) -> Set<JobUUID>

    /// Removes jobs from the set of an instance, because their kill requests were read from the store or are obsolete.
    func remove(_ uuids: Set<JobUUID>, on server: String) throws(KillListError)

    /// Subscribes to additions to the set of an instance; nil if the list sends no notifications.
    func subscribe(on server: String) throws(KillListError) -> KillSubscription?
}

/// Notifications of additions to a kill list. Belongs to one thread, and ends with its last reference.
package struct KillSubscription {
    /// Readable, for poll(2), when a job was added or the connection was closed.
    package let descriptor: Int32
    /// Reads and discards the notifications. Throws if the connection was closed.
    package let drain: () throws(KillListError) -> Void

    package init(descriptor: Int32, drain: @escaping () throws(KillListError) -> Void) {
        self.descriptor = descriptor
        self.drain = drain
    }
}

/// Why a kill list failed.
package enum KillListError: Error, Equatable, CustomStringConvertible {
    /// The server cannot be reached. The same call may succeed later.
    case unreachable(String)
    /// The server answered with an error.
    case refused(String)

    /// A sentence for the log. It never contains a password.
    package var description: String {
        switch self {
        case .unreachable(let detail): "The kill list cannot be reached: \(detail)."
        case .refused(let detail): "The kill list refused a command: \(detail)."
        }
    }
}
