/// An upload and the name that its file gets in the job's own directory; nothing of it is a client's.
package struct PlacedUpload: Sendable, Equatable {
    /// The parameter, a number where it was given several times, and the configured suffix: `report.2.csv`.
    let fileName: String
    /// Its content.
    let bytes: [UInt8]
}
