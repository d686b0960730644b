//! Access tokens, good and forged, against a provider on a loopback port.

mod described;
mod forgeries;
mod good;
mod house;
mod mapping;
mod rotation;
mod settings;
