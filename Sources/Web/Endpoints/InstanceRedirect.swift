import Core

/// What is answered for a log that lies in another instance's storage: nginx fetches it there, or a clear refusal.
struct InstanceRedirect {
    let registry: any InstanceStore

    /// Set by nginx: the internal location that leads to the other instances, as `nginx/instances.conf` defines it.
    private static let parameter = "REMOTISAN_INSTANCE_REDIRECT"

    /// Sends nginx to the instance that has the log.
    ///
    /// The address is `LOCATION/HOST:PORT/PATH`. The instance there lets nobody in on our word: the request arrives with
    /// its own headers, and is asked again who it is.
    ///
    /// - Parameters:
    ///   - view: The execution; this person may see it.
    ///   - rest: What follows the execution's path: the rest of it, and the query.
    /// - Throws: ``InstanceUnreachableError``, `StoreError`.
    func response(to request: Request, _ view: WatchExecution.View, _ uuid: JobUUID, rest: String) throws -> Response {
        let server = view.execution.serverUUID
        let instance = try registry.instance(server)
        let name = instance?.name ?? server
        // It was sent here by an instance that holds us for the owner: sending it on could go in circles.
        guard request.header(.forwarded) == nil else {
            throw InstanceUnreachableError(
                name, "The log of this job was looked for here, but it lies on the instance \(name).")
        }
        guard let instance, !instance.isGone(at: Clock.seconds()) else {
            throw InstanceUnreachableError(name, "The log of this job lies on the instance \(name), which is gone.")
        }
        guard let location = request.variables[Self.parameter], location.hasPrefix("/"), let address = instance.address
        else {
            throw InstanceUnreachableError(
                name, "The log of this job lies on the instance \(name) and can be read only there.")
        }
        let slash = location.hasSuffix("/") ? "" : "/"
        let base = request.path.base.split(separator: "/").map { "/" + PercentEncoding.encode(String($0)) }.joined()
        let target = "\(location)\(slash)\(address)\(base)/execute/\(uuid)\(rest)"
        return Response(headers: [("X-Accel-Redirect", target)])
    }

}

/// Why a log cannot be had from here.
struct InstanceUnreachableError: Error {
    /// The instance that has it.
    let instance: String
    /// A sentence for the person.
    let message: String

    init(_ instance: String, _ message: String) {
        self.instance = instance
        self.message = message
    }
}
