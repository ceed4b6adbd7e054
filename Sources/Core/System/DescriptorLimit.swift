import Glibc

/// How many descriptors this process may have open, getrlimit(2).
package enum DescriptorLimit {
    /// The current limit; nil if it is unknown.
    package static var current: Int? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        return Int(clamping: limit.rlim_cur)
    }
}
