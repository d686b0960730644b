//! Proof that a value came through the door.

/// A value that the caller may see and whose seeing will be logged. Made only by [`super::Reader`] and
/// [`super::Writer`]; everything that leaves the platform is made from it.
#[derive(Clone, Debug)]
pub struct Seen<T> {
    value: T,
    own: bool,
}

impl<T> Seen<T> {
    pub(super) fn new(value: T, own: bool) -> Self {
        Self { value, own }
    }

    /// Whether the caller's organisation owns the record.
    pub fn own(&self) -> bool {
        self.own
    }
}

impl<T> std::ops::Deref for Seen<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}
