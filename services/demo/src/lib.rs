//! demo: what only the demo needs. [`story`] is the synthetic data that it starts with.

pub mod story;
