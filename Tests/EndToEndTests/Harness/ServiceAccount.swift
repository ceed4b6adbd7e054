import Glibc

/// The account that servers, broker and jobs run as.
enum ServiceAccount {
    /// As root the tests use Debian's own, as everybody else they can only be themselves.
    static let valueIsSeparateArgument = geteuid() == 0
    static let name = "www-data"
    static let user: uid_t = valueIsSeparateArgument ? getpwnam(name)?.pointee.pw_uid ?? 33 : geteuid()
    static let group: gid_t = valueIsSeparateArgument ? getgrnam(name)?.pointee.gr_gid ?? 33 : getegid()

    /// The program and arguments that run `command` as this account; the process stays the same one.
    static func command(_ command: [String]) -> [String] {
        guard valueIsSeparateArgument else { return command }
        return ["/usr/bin/setpriv", "--reuid=\(user)", "--regid=\(group)", "--init-groups", "--"] + command
    }
}
