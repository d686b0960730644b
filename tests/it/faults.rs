//! Faults, thrown at a running platform of real processes: it is killed at random moments, its database falls, its disk
//! fills, its readers are slow. `docs/faults.md` says what is tried and what came out.
//!
//! [`ground`] is what stands on either database, [`copy`] a reader that keeps a copy, [`kills`] the drill itself.

mod copy;
mod database;
mod ground;
mod kills;
mod ledger;
mod room;
mod slow;
