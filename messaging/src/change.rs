//! The notice that a projection has changed what clients may be looking at.

use bytes::Bytes;

/// What a projection tells the api replicas after its commit. The bus does not look into `body`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeNotice {
    /// Name of the projection.
    pub projection: String,
    /// Build of the projection whose rows changed.
    pub build: i32,
    /// Lane of the projection that made the change.
    pub lane: i16,
    /// Position in the log of the event that caused it.
    pub position: i64,
    /// The changes as JSON, serialised once by the projection. Clones share it.
    pub body: Bytes,
}
