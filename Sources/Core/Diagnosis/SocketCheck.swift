import Glibc

/// Checks that the web server can reach the responder.
package struct SocketCheck: Sendable {
    /// The result of connecting to the socket.
    package enum Connection: Sendable, Equatable {
        case accepted
        /// Nothing listens on the socket.
        case refused
        /// Another error, with the system's message.
        case failed(String)
    }

    package var path: String
    /// The socket; nil if it does not exist, or if this user may not look.
    package var file: FileFacts?
    /// Whether this user may not search the directory of the socket.
    package var isHidden: Bool
    /// The directory of the socket; nil if nothing is known about it.
    package var directory: FileFacts?
    /// The result of connecting; nil if nothing was tried.
    package var connection: Connection?
    /// The user of the web server; nil if it is unknown.
    package var webUser: Account?
    /// `allowed_socket_users`.
    package var allowedUsers: Set<UInt32>
    /// The user of the service, as whom jobs run; nil if it is unknown.
    package var owner: UInt32?

    package init(
        path: String, file: FileFacts?, directory: FileFacts? = nil, isHidden: Bool = false, connection: Connection?,
        webUser: Account?, allowedUsers: Set<UInt32>, owner: UInt32? = nil
    ) {
        self.isHidden = isHidden
        self.owner = owner
        self.path = path
        self.file = file
        self.directory = directory
        self.connection = connection
        self.webUser = webUser
        self.allowedUsers = allowedUsers
    }

    /// Whether an address is a host and a port, and not the path of a socket.
    package static func isTCP(_ address: String) -> Bool { !address.contains("/") && address.contains(":") }

    package var findings: [Finding] {
        let subject = "socket"
        if Self.isTCP(path) {
            let reachable: [Finding] =
                connection == .accepted
                ? [] : [.problem(subject, "nothing listens on \(path). Start the responder with --listen \(path).")]
            return reachable + [
                .warning(
                    subject,
                    "\(path) is a TCP address. Everyone who can connect to it chooses a name, and allowed_socket_users "
                        + "cannot protect it. Use a Unix socket.")
            ]
        }
        guard let file else {
            if isHidden {
                return [
                    .warning(
                        subject,
                        "this user may not search the directory of \(path), so the socket was not checked. Run doctor as "
                            + "root.")
                ]
            }
            return [
                .problem(
                    subject,
                    "\(path) does not exist. Run systemctl enable --now remotisan.socket. If the responder listens "
                        + "elsewhere, name the socket with --socket.")
            ]
        }
        var findings: [Finding] = []
        switch connection {
        case .accepted: break
        case .refused, nil:
            return [.problem(subject, "nothing listens on \(path). Start the responder.")]
        case .failed(let error):
            findings.append(.warning(subject, "cannot connect to \(path): \(error). Run doctor as root."))
        }
        if file.mode & 0o002 != 0 {
            findings.append(
                .warning(
                    subject,
                    "everybody may connect to \(path) (\(file.octalMode)), and only allowed_socket_users protects it. "
                        + "Run chmod 0660 \(path)."))
        }
        if let webUser {
            if !allowedUsers.contains(webUser.uid) {
                findings.append(
                    .problem(
                        subject,
                        "allowed_socket_users does not contain \(webUser.name), the web server's user, so its requests "
                            + "are refused. Add it."))
            }
            // Connecting needs the right to write to the socket, and to search its directory. See unix(7).
            for (facts, right) in [(directory, 0o1), (file, 0o2)] as [(FileFacts?, UInt32)] {
                guard let facts else { continue }
                switch facts.permission(right, of: webUser) {
                case .granted: break
                case .ofGroup:
                    findings.append(
                        .warning(
                            subject,
                            "\(webUser.name), the web server's user, may connect to \(path) only if it is in the group "
                                + "of \(facts.path) (\(facts.octalMode)). Check with id \(webUser.name)."))
                case .denied:
                    findings.append(
                        .problem(
                            subject,
                            "\(webUser.name), the web server's user, may not connect to \(path), because of the mode "
                                + "of \(facts.path) (\(facts.octalMode)). Let its owner or its group be that of "
                                + "\(webUser.name), with mode \(facts.kind == .directory ? "0750" : "0660")."))
                }
            }
        }
        let found = findings.isEmpty ? [.ok(subject, "the responder listens on \(path).")] : findings
        guard let directory, let owner, owner != 0, directory.owner == owner else { return found }
        return found + [
            .warning(
                subject,
                "the service owns \(directory.path), so a job can replace the socket. Let root own the directory, with "
                    + "the group of the service and mode 0750.")
        ]
    }
}

/// Connects to a Unix socket to see whether something listens on it.
package enum SocketProbe {
    /// Connects, and closes the connection without sending anything.
    package static func connect(_ path: String) -> SocketCheck.Connection {
        if SocketCheck.isTCP(path) { return connect(toHost: path) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else {
            return .failed("the path is too long for a socket")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let number = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { return .failed(SystemError.text(of: errno)) }
        defer { close(number) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        if result == 0 { return .accepted }
        return errno == ECONNREFUSED ? .refused : .failed(SystemError.text(of: errno))
    }

    /// Connects to an address such as `127.0.0.1:9000`.
    private static func connect(toHost address: String) -> SocketCheck.Connection {
        let colon = address.lastIndex(of: ":") ?? address.endIndex
        let host = String(address[..<colon].trimmingPrefix("[").replacing("]", with: ""))
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let result = getaddrinfo(
            host.isEmpty ? "127.0.0.1" : host, String(address[colon...].dropFirst()), &hints, &found)
        guard result == 0, let found else { return .failed("the address is not known") }
        defer { freeaddrinfo(found) }
        let number = socket(found.pointee.ai_family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { return .failed(SystemError.text(of: errno)) }
        defer { close(number) }
        if Glibc.connect(number, found.pointee.ai_addr, found.pointee.ai_addrlen) == 0 { return .accepted }
        return errno == ECONNREFUSED ? .refused : .failed(SystemError.text(of: errno))
    }
}
