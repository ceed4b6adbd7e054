import Core

/// Lets nginx fetch a log from the instance that has it, because logs stay in the storage of the instance that ran the
/// job.
struct InstanceRedirect {
    let registry: any InstanceStore

    /// CGI variable that nginx sets: the internal location that leads to the other instances; see
    /// `nginx/instances.conf`.
    private static let redirectVariable = "REMOTISAN_INSTANCE_REDIRECT"

    /// Sends nginx to the instance that has the log of an execution.
    ///
    /// The address is `LOCATION/HOST:PORT/PATH`. The other instance does not trust this one: the request keeps its own
    /// header fields and passes the gate there.
    ///
    /// - Parameters:
    ///   - view: An execution that this person may see.
    ///   - suffix: The part of path and query behind `/execute/{uuid}`.
    /// - Throws: ``InstanceUnreachableError`` if the log cannot be fetched, `StoreError`.
    func response(to request: Request, _ view: WatchExecution.View, suffix: String) throws -> Response {
        let server = view.execution.serverUUID
        let instance = try registry.instance(server)
        let name = instance?.name ?? server
        // Another instance sent the request here, so forwarding it again could go in circles.
        guard request.header(.forwarded) == nil else {
            throw InstanceUnreachableError(
                name, "The log of this job is on the instance \(name), but the request was forwarded to another one.")
        }
        guard let instance, !instance.isGone(at: Clock.seconds()) else {
            throw InstanceUnreachableError(name, "The log of this job is on the instance \(name), which is gone.")
        }
        guard let location = request.variables[Self.redirectVariable], location.hasPrefix("/"),
            let address = instance.address
        else {
            throw InstanceUnreachableError(
                name, "The log of this job is on the instance \(name) and can only be read there.")
        }
        let slash = location.hasSuffix("/") ? "" : "/"
        let base = request.path.base.split(separator: "/").map { "/" + PercentEncoding.encode(String($0)) }.joined()
        let target = "\(location)\(slash)\(address)\(base)/execute/\(view.execution.jobUUID)\(suffix)"
        return Response(headers: [.accelRedirect: target])
    }
}

/// A log is on another instance and cannot be read from here.
struct InstanceUnreachableError: Error {
    /// The name of the instance that has the log.
    let instance: String
    /// A sentence for the person.
    let message: String

    init(_ instance: String, _ message: String) {
        self.instance = instance
        self.message = message
    }
}
