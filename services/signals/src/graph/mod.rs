//! g
/// x
pub fn subgraph() {}
