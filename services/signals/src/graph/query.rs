//! Questions: what each noun answers, in one root.

use async_graphql::MergedObject;

use super::feedback::FeedbackQuery;
use super::import::ImportQuery;
use super::signal::SignalQuery;
use super::theme::ThemeQuery;

/// Questions to this service.
#[derive(MergedObject, Default)]
pub struct Query(SignalQuery, ImportQuery, ThemeQuery, FeedbackQuery);
