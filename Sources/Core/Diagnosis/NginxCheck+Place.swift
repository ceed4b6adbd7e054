import Foundation
import Glibc

/// Whether nginx's configuration agrees with that of the instance: the address, the logs and the groups.
extension NginxCheck {
    private typealias Directive = NginxConfiguration.Directive

    /// The findings that concern the configuration as a whole.
    var placeFindings: [Finding] {
        addressFindings + serverNameFindings + groupFindings
    }

    /// All directives with braces, from the outside to the inside.
    private func blocks(in directives: [Directive]) -> [Directive] {
        directives.filter { !$0.inner.isEmpty }.flatMap { [$0] + blocks(in: $0.inner) }
    }

    /// The path of a location; nil for a regular expression and for other blocks.
    private func path(of block: Directive) -> String? {
        guard block.name == "location", let path = block.words.last, block.words.count > 1 else { return nil }
        let modifier = block.words.count > 2 ? block.words[1] : ""
        return modifier.hasPrefix("~") ? nil : path
    }

    private var addressFindings: [Finding] {
        guard let instance else { return [] }
        let locations = blocks(in: configuration.directives).filter { passesToResponder($0.inner) }
        let paths = locations.compactMap(path)
        let page = "/\(instance.url)/"
        // A regular expression is not examined.
        guard paths.count == locations.count, !paths.contains(where: { page.hasPrefix($0) }), let first = paths.first
        else { return [] }
        return [
            .problem(
                "nginx",
                "location \(first) passes requests to the responder, but url is \(instance.url), so the page is not found. "
                    + "Use location ^~ \(page), or set url to \(first.trimmingSlashes).")
        ]
    }

    private var serverNameFindings: [Finding] {
        let servers = blocks(in: configuration.directives).filter { server in
            server.name == "server" && blocks(in: server.inner).contains { passesToResponder($0.inner) }
        }
        let names = servers.flatMap(\.inner).filter { $0.name == "server_name" }.flatMap { $0.words.dropFirst() }
        return names.filter { $0.hasSuffix(".example.com") || $0.hasSuffix(".example.org") }.map { name in
            .warning("nginx", "server_name is still \(name), the name of the example. Write the name of this server.")
        }
    }

    /// Findings about the location from which nginx sends logs.
    ///
    /// - Parameter redirect: The value of `REMOTISAN_LOG_REDIRECT`; nil if the responder sends logs itself.
    func logFindings(_ redirect: String?, subject: String) -> [Finding] {
        guard let redirect, let instance else { return [] }
        let location = blocks(in: configuration.directives).first {
            path(of: $0)?.trimmingSlashes == redirect.trimmingSlashes
        }
        guard let location, let alias = location.inner.last(where: { $0.name == "alias" }), alias.words.count > 1 else {
            return [
                .problem(
                    subject,
                    "REMOTISAN_LOG_REDIRECT is \(redirect), but no location of that name has an alias, so logs cannot be "
                        + "downloaded. Install remotisan.location.conf as a whole.")
            ]
        }
        func resolved(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
        let directory = alias.words[1]
        guard resolved(directory) == resolved(instance.logs) else {
            return [
                .problem(
                    subject,
                    "location \(redirect) sends logs from \(directory), but they are in \(instance.logs). Correct the "
                        + "alias, or let remotisan-broker export nginx write the file.")
            ]
        }
        guard mayUse(X_OK, directory) == false else { return [] }
        return [
            .problem(
                subject,
                "nginx's user may not enter \(directory), so logs cannot be downloaded. Let the group of the storage be "
                    + "that of nginx's user, with mode 0750.")
        ]
    }

    /// Findings about groups that people have and no role names.
    private var groupFindings: [Finding] {
        guard let instance else { return [] }
        let variables = blocks(in: configuration.directives).flatMap(\.inner)
            .filter { $0.name == "fastcgi_param" && $0.words.count >= 3 && $0.words[1] == identity.groups }.map {
                $0.words[2]
            }
        let values = Set(variables).flatMap { literals(of: $0, depth: 0) }
        let groups = Set(values.flatMap { identity.groups(in: $0) })
        return GroupCheck(groups: groups, named: instance.groups, source: "nginx").findings
    }

    /// The texts that a variable can have, as far as maps say it.
    private func literals(of text: String, depth: Int) -> [String] {
        guard text.hasPrefix("$") else { return [text] }
        guard depth < 10 else { return [] }
        let name = text.filter { $0 != "{" && $0 != "}" }
        return blocks(in: configuration.directives).filter { $0.name == "map" && $0.words.last == name }.flatMap {
            map in
            map.inner.filter { $0.words.count == 2 }.flatMap { literals(of: $0.words[1], depth: depth + 1) }
        }
    }
}

/// Checks that roles name the groups of people.
struct GroupCheck {
    /// The groups that the web server gives people.
    let groups: Set<String>
    /// The groups that roles name.
    let named: Set<String>
    /// Where they are from, such as `nginx` or a file.
    let source: String

    var findings: [Finding] {
        groups.filter { !named.containsExactly($0) }.sorted().map { group in
            let near = named.filter { $0.editDistance(to: group) <= 2 }.min()
            let hint = near.map { " Did you mean \($0.sanitized)?" } ?? ""
            return .warning(
                "groups",
                "\(source) gives people the group \(group.sanitized), which no role names, so it gives no rights.\(hint) "
                    + "Add it to roles, or correct it.")
        }
    }
}
