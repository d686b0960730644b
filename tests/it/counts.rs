//! Numbers of signals: every number equals its list, for every kind of reader, on both databases.

mod bounds;
mod budget;
mod matrix;
mod migrated;
mod paging;
mod persons;
mod random;
mod words;
