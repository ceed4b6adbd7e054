import Foundation
import Glibc

/// The process that started this one.
enum ParentProcess {
    /// Whether Apache started this process by mod_fcgid, as /proc/PID/comm says (proc(5)).
    static var isApache: Bool {
        let name = try? String(contentsOfFile: "/proc/\(getppid())/comm", encoding: .utf8)
        return ["apache2\n", "httpd\n"].contains(name)
    }
}
