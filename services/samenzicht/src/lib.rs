//! samenzicht
