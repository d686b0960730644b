//! The only place that knows rows. Everything here goes through the Session door.

pub mod feed;
pub mod feedback;
pub mod grant;
pub mod import;
pub mod list;
pub mod lookup;
pub mod number;
pub mod profile;
pub mod proposal;
mod rows;
pub mod search;
pub mod signal;
pub mod theme;

pub use rows::feedback::Model as FeedbackRow;
pub use rows::signal::Model as SignalRow;
pub use rows::signal_grant::Model as GrantRow;
pub use rows::theme::Model as ThemeRow;
pub use rows::theme_source::Model as SourceRow;
