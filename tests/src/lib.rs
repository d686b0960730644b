//! The harness of the tests: what they share. The tests themselves are in `it/`, one file per noun.
//!
//! Where to start: [`world`], a small platform with people in it; [`postgres`], a throwaway cluster; [`stand`], a
//! running platform behind real sockets, with [`caller`], [`live`] and [`signer`] for whoever calls it.

pub mod any_provider;
pub mod bench;
pub mod bulk;
pub mod caller;
pub mod clockwork;
pub mod collector;
pub mod companies;
pub mod crowd;
pub mod dice;
pub mod dirty;
pub mod duplicates;
pub mod eavesdrop;
pub mod export;
pub mod fake_api;
pub mod live;
pub mod lock;
pub mod matrix;
pub mod postgres;
pub mod processes;
pub mod register;
pub mod service;
pub mod signals;
pub mod signer;
pub mod stand;
pub mod themes;
pub mod whole;
pub mod world;
