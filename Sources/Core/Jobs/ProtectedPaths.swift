/// The paths that `isolation: landlock` keeps from a command.
enum ProtectedPaths {
    /// The directory of the socket, as the shipped units make it.
    private static let socketDirectory = "/run/remotisan"
    /// Most paths that `remotisan-job` takes.
    private static let limit = 32

    /// The paths without symbolic links, without those below another one.
    ///
    /// A path that ends in a link counts twice: the link could be replaced, too.
    static func all(_ given: [String]) -> [String] {
        var paths: Set<String> = []
        for path in given + [socketDirectory] {
            guard let resolved = try? RealPath.resolve(path) else { continue }
            paths.insert(resolved)
            if let slash = path.lastIndex(of: "/"), let directory = try? RealPath.resolve(path[..<slash] + "/") {
                paths.insert((directory == "/" ? "" : directory) + path[slash...])
            }
        }
        paths.remove("/")
        let outer = paths.filter { path in !paths.contains { path.hasPrefix($0 + "/") } }
        return Array(outer.sorted().prefix(limit))
    }
}
