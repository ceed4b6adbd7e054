import Glibc

/// The account that runs servers, broker and jobs.
enum ServiceAccount {
    /// As root the tests use Debian's account. Another user can only use its own.
    static let isSeparate = geteuid() == 0
    static let name = "www-data"
    static let user: uid_t = isSeparate ? getpwnam(name)?.pointee.pw_uid ?? 33 : geteuid()
    static let group: gid_t = isSeparate ? getgrnam(name)?.pointee.gr_gid ?? 33 : getegid()

    /// The program and arguments that run `command` as this account, in the same process.
    static func command(_ command: [String]) -> [String] {
        guard isSeparate else { return command }
        return ["/usr/bin/setpriv", "--reuid=\(user)", "--regid=\(group)", "--init-groups", "--"] + command
    }
}
