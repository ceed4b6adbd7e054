/// Stands in for swift-http-types, so that a fuzzer is built from single files.
public enum HTTPField {
    /// The name of a header field.
    public struct Name: Sendable {
        /// The name in lower case.
        public let canonicalName: String
    }
}
