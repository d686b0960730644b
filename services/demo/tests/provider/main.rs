//! The demo's sign-in over real sockets, with the clients that others would use.

mod demo_mode;
mod house;
mod page;
mod people;
mod rotation;
mod systems;
