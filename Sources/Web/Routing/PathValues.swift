import Core

/// The values of the parts in braces of a route's pattern: of `/execute/{uuid}`, the UUID of a job.
///
/// Every accessor throws 404 for a value of the wrong form, so that a malformed name is answered like an unknown one.
struct PathValues {
    private let pattern: [String]
    private let path: [String]

    /// Matches a path; nil if the pattern is that of another route.
    init?(_ path: [String], pattern: [String]) {
        guard path.count == pattern.count else { return nil }
        guard zip(path, pattern).allSatisfy({ $0 == $1 || $1.hasPrefix("{") }) else { return nil }
        self.path = path
        self.pattern = pattern
    }

    /// `{uuid}`: the UUID of a job.
    var jobUUID: JobUUID {
        get throws(HTTPError) {
            guard let uuid = JobUUID(try value("{uuid}")) else { throw HTTPError(.notFound) }
            return uuid
        }
    }

    /// `{server_uuid}`: the UUID of an instance. Its form is not checked, because it is only looked up.
    var serverUUID: String {
        get throws(HTTPError) { try value("{server_uuid}") }
    }

    /// `{name}`: the name of a file of the page.
    var assetName: String {
        get throws(HTTPError) { try value("{name}") }
    }

    /// `{preset}`: the number of a preset.
    var preset: Int64 {
        get throws(HTTPError) {
            guard let number = Int64(try value("{preset}")) else { throw HTTPError(.notFound) }
            return number
        }
    }

    private func value(_ part: String) throws(HTTPError) -> String {
        guard let index = pattern.firstIndex(of: part) else { throw HTTPError(.notFound) }
        return path[index]
    }
}
