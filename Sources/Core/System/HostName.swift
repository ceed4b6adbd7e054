import Glibc

/// The name of this machine, gethostname(2).
enum HostName {
    /// The name; `localhost` if there is none.
    static var current: String {
        // HOST_NAME_MAX is 64 on Linux, without the terminating NUL.
        var buffer = [CChar](repeating: 0, count: 65)
        let result = gethostname(&buffer, 64)
        let name = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return result == 0 && !name.isEmpty ? name : "localhost"
    }
}
