/// The parameters of one request: what a CGI program finds in its environment.
public struct Parameters: Sendable {
    private var values: [String: String]
    private var conflicting: Set<String> = []

    /// Creates parameters from pairs in the order they arrived. The first of several with one name counts.
    public init(_ pairs: some Sequence<(String, String)>) {
        values = [:]
        for (name, value) in pairs {
            guard let first = values[name] else {
                values[name] = value
                continue
            }
            if !first.utf8.elementsEqual(value.utf8) { conflicting.insert(name) }
        }
    }

    /// The value of a parameter.
    public subscript(name: String) -> String? {
        values[name]
    }

    /// Whether a parameter arrived more than once with different values.
    public func isConflicting(_ name: String) -> Bool {
        conflicting.contains(name)
    }

    /// Those that come from the web server itself: whatever a client sends begins with `HTTP_`.
    public var ofServer: [String: String] {
        values.filter { !$0.key.hasPrefix("HTTP_") }
    }
}
