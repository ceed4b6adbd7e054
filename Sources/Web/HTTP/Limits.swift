/// Limits on the size of a request.
package enum Limits {
    /// Maximum bytes of a body, without the uploads that commands take.
    package static let body = 64 * 1024
    /// Maximum depth of the nesting of a JSON body. No valid request is deeper.
    package static let jsonDepth = 8
    /// Maximum number of values in a JSON body.
    package static let jsonValues = 10_000
    /// Maximum bytes of a refused body that are read and discarded, so that the client receives the answer. The shipped
    /// web server files let no longer body through.
    package static let drained = 2 * 1024 * 1024
    /// Maximum milliseconds for which a poll waits for news. Web servers give up after 30 s and more.
    package static let longestPoll: Int64 = 20_000
    /// Maximum bytes of path and query.
    package static let requestTarget = 8 * 1024
    /// Maximum bytes of all CGI variables, header fields included.
    package static let variables = 64 * 1024
}
