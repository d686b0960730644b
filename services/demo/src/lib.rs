//! What only the demo needs: [`story`], the synthetic data that it starts with, and [`provider`], its own sign-in,
//! which refuses to run anywhere else.

pub mod provider;
pub mod story;
