//! Access tokens, good and forged, against a provider on a loopback port.

mod forgeries;
mod good;
mod house;
mod rotation;
mod settings;
