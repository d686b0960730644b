//! Numbers of signals: every number equals its list, for every kind of reader, on both databases.

mod bounds;
mod budget;
mod migrated;
mod paging;
mod random;
