/// Paths of the page's files, relative to its directory, such as `log/log_view.js`.
enum PagePath {
    /// The file that a relative reference in another file names, as in URLs (RFC 3986, section 5.2).
    ///
    /// - Returns: nil for a reference that is not relative or leaves the page's directory.
    static func resolved(_ reference: String, from path: String) -> String? {
        guard !reference.hasPrefix("/"), !reference.contains(":") else { return nil }
        var parts = path.split(separator: "/").dropLast().map(String.init)
        for part in reference.split(separator: "/") {
            switch part {
            case ".": continue
            case "..":
                guard parts.popLast() != nil else { return nil }
            default: parts.append(String(part))
            }
        }
        return parts.joined(separator: "/")
    }
}
