import Glibc

/// The account that servers, broker and jobs run as.
enum ServiceAccount {
    /// As root the tests use Debian's own, as everybody else they can only be themselves.
    static let isSeparate = geteuid() == 0
    static let name = "www-data"
    static let user: uid_t = isSeparate ? getpwnam(name)?.pointee.pw_uid ?? 33 : geteuid()
    static let group: gid_t = isSeparate ? getgrnam(name)?.pointee.gr_gid ?? 33 : getegid()

    /// The program and arguments that run `command` as this account; the process stays the same one.
    static func command(_ command: [String]) -> [String] {
        guard isSeparate else { return command }
        return ["/usr/bin/setpriv", "--reuid=\(user)", "--regid=\(group)", "--init-groups", "--"] + command
    }
}
